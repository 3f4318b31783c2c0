import { buildApp } from '../../analytics/app.ts'
import { createLiveHub } from '../../analytics/live/live-hub.ts'
import { createSharedReads } from '../../analytics/shared-reads.ts'
import { createAccessKeys } from '../../analytics/stores/access-keys.ts'
import { createLiveSources } from '../../analytics/stores/live-sources.ts'
import { createAskSql } from '../../analytics/stores/sql/ask-sql.ts'
import { type Clock, systemClock } from '../../kernel/clock.ts'
import { createMetrics } from '../../kernel/metrics.ts'
import { testLog } from './analytics-log.ts'
import type { AnalyticsRig } from './analytics-rig.ts'

export type AnalyticsApi = {
  url: string
  get: (path: string, key?: string) => Promise<Response>
  stop: () => Promise<void>
}

/** The real API on a free port, over the rig's stores. */
export async function startAnalyticsApi(
  { clickhouse, postgres }: AnalyticsRig,
  { clock = systemClock, sqlSecondsMax = 3 }: { clock?: Clock; sqlSecondsMax?: number } = {},
): Promise<AnalyticsApi> {
  const stores = { clickhouse, postgres, clock }
  const metrics = createMetrics('test-api')
  const live = createLiveHub(createLiveSources(stores, 250, metrics, testLog))
  const keys = createAccessKeys(postgres, systemClock)
  const sqlLimits = {
    secondsMax: sqlSecondsMax,
    memoryBytesMax: 256 * 1024 ** 2,
    rowsMax: 10_000,
    bytesMax: 8 * 1024 ** 2,
  }
  const app = await buildApp({
    ...stores,
    askSql: createAskSql(stores, sqlLimits),
    sqlLimits,
    keys,
    live,
    liveClientsMax: 3,
    shared: createSharedReads(0),
    checks: {},
    metrics,
    log: testLog,
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    url,
    get: (path, key) => fetch(`${url}${path}`, key ? { headers: { authorization: `Bearer ${key}` } } : {}),
    stop: () => app.close(),
  }
}

/** Reads server-sent events until one satisfies the condition, and gives all that came. */
export async function readLive(
  url: string,
  headers: Record<string, string>,
  isLast: (event: LiveEvent) => boolean,
): Promise<LiveEvent[]> {
  const abort = AbortSignal.timeout(20_000)
  const answer = await fetch(url, { headers, signal: abort })
  const events: LiveEvent[] = []
  let text = ''
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const event = parseEvent(block)
      if (event) events.push(event)
      if (event && isLast(event)) return events
    }
  }
  throw new Error(`the stream ended after ${events.length} events`)
}

export type LiveEvent = { id: string | undefined; event: string; value: Record<string, unknown> }

function parseEvent(block: string): LiveEvent | null {
  const fields = new Map(block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]))
  const event = fields.get('event')
  return event ? { id: fields.get('id'), event, value: JSON.parse(fields.get('data')!) } : null
}
