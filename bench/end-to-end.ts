import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { startPostgres } from '../local/backends/postgres.ts'
import { migrate } from '../migrations/migrate.ts'
import { startStackOn } from '../test/support/stack.ts'
import { type SignedLead, signedLeads } from './end-to-end/leads.ts'
import { observe, type Seen } from './end-to-end/observe.ts'

/**
 * `npx tsx bench/end-to-end.ts [SECONDS]`: all processes and backends on this machine; leads posted at 200/s and at 1,000/s
 * open loop, and as many as 256 connections carry. Latency from the instant a POST was due to the published (hence
 * committed) decision, and to the decision's row in ClickHouse. Prints Markdown.
 */
const seconds = Number(process.argv[2] ?? 15)
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const dir = mkdtempSync(join(tmpdir(), 'hexroute-bench-'))
const postgres = await startPostgres({ dir: join(dir, 'postgres'), password: 'bench', database: 'hexroute' })
await migrate({ databaseUrl: postgres.url })
const keyFile = join(dir, 'public.pem')
writeFileSync(keyFile, publicKey.export({ type: 'spki', format: 'pem' }))
const stack = await startStackOn(
  { url: postgres.url, drop: async () => {} },
  {},
  { GHL_WEBHOOK_PUBLIC_KEYS: `@${keyFile}` },
)
const seen = await observe(stack.nats.url, stack.clickhouse.url)
const pool = new Pool(stack.urls.ingest, { connections: 256, pipelining: 1 })
const rows: string[] = []
try {
  await atRate(200, 3)
  rows.length = 0
  await atRate(200, seconds)
  await atRate(1_000, seconds)
  await asFastAsPossible(1_000 * seconds)
} finally {
  await seen.stop()
  await pool.close()
  await stack.stop()
  await postgres.stop()
}
console.log(
  [
    `Machine: ${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}, load average ${loadavg()[0]?.toFixed(1)}, commit ${commit()}.`,
    '',
    '| load | posted | refused | leads decided/s | decided p50 ms | p99 ms | in ClickHouse p50 ms | p99 ms | not decided |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n'),
)

async function atRate(ratePerS: number, forS: number): Promise<void> {
  const leads = signedLeads(ratePerS * forS, pem, stack.simulator.appId)
  const startMs = performance.now()
  const sent = new Map<string, number>()
  const pending: Promise<boolean>[] = []
  while (pending.length < leads.length) {
    const due = Math.min(leads.length, Math.floor(((performance.now() - startMs) * ratePerS) / 1_000) + 1)
    while (pending.length < due) {
      const lead = leads[pending.length]!
      sent.set(lead.eventId, startMs + (pending.length * 1_000) / ratePerS)
      pending.push(post(lead))
    }
    await delay(1)
  }
  await conclude(`${ratePerS}/s open loop`, sent, await Promise.all(pending), startMs)
}

async function asFastAsPossible(count: number): Promise<void> {
  const leads = signedLeads(count, pem, stack.simulator.appId)
  const startMs = performance.now()
  const sent = new Map<string, number>()
  const results: boolean[] = []
  const worker = async (): Promise<void> => {
    for (let lead = leads.pop(); lead; lead = leads.pop()) {
      sent.set(lead.eventId, performance.now())
      results.push(await post(lead))
    }
  }
  await Promise.all(Array.from({ length: 256 }, worker))
  await conclude('256 connections, closed loop', sent, results, startMs)
}

async function post({ body, signature }: SignedLead): Promise<boolean> {
  const headers = { 'content-type': 'application/json', 'x-ghl-signature': signature }
  const answer = await pool.request({ path: '/webhooks/ghl', method: 'POST', headers, body })
  await answer.body.dump()
  return answer.statusCode === 202
}

async function conclude(load: string, sent: Map<string, number>, accepted: boolean[], startMs: number): Promise<void> {
  const wanted = accepted.filter(Boolean).length
  const count = (of: Map<string, number>) => [...sent.keys()].filter((id) => of.has(id)).length
  for (const deadline = performance.now() + 120_000; performance.now() < deadline && count(seen.visible) < wanted; )
    await delay(200)
  const decided = latencies(sent, seen.decided)
  const visible = latencies(sent, seen.visible)
  const lastMs = Math.max(...[...sent.keys()].map((id) => seen.decided.get(id) ?? 0))
  const perSecond = (decided.length * 1_000) / (lastMs - startMs)
  const cells = [
    load,
    accepted.length,
    accepted.length - wanted,
    perSecond.toFixed(0),
    ...quantiles(decided),
    ...quantiles(visible),
    wanted - decided.length,
  ]
  rows.push(`| ${cells.join(' | ')} |`)
}

function latencies(sent: Map<string, number>, of: Seen['decided']): number[] {
  return [...sent].flatMap(([id, atMs]) => (of.has(id) ? [of.get(id)! - atMs] : [])).sort((a, b) => a - b)
}

function quantiles(sorted: number[]): string[] {
  return [0.5, 0.99].map((share) => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(0))
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim()
}
