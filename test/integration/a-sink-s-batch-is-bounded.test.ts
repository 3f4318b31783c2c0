import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BatchLimits, readBatches } from '../../analytics/sink/read-batches.ts'
import type { Message } from '../../analytics/steps/to-batch.ts'
import { connectNats, type Nats } from '../../kernel/nats.ts'
import { testLog } from '../support/analytics-log.ts'
import { startTestNats, type TestBackend } from '../support/backends.ts'
import { until } from '../support/until.ts'

const MESSAGES = 400
const MESSAGE_BYTES = 10_000
const plenty = { rowsMax: 10_000, bytesMax: 16_000_000, lingerMs: 500 }

let backend: TestBackend
let nats: Nats
let stop: AbortController
beforeAll(async () => {
  backend = await startTestNats()
  nats = await connectNats(backend.url, 'test', testLog)
  await nats.manager.streams.add({ name: 'BULK', subjects: ['bulk.>'] })
  const body = Buffer.alloc(MESSAGE_BYTES)
  await Promise.all(Array.from({ length: MESSAGES }, () => nats.jetstream.publish('bulk.x', body)))
})
afterAll(async () => {
  await nats?.connection.close()
  await backend?.stop()
})

function batches(limits: Partial<BatchLimits>, fromSeq = 1): AsyncGenerator<number[]> {
  stop = new AbortController()
  const read = ({ seq }: Message): number => seq
  return readBatches(nats, { stream: 'BULK', fromSeq, limits: { ...plenty, ...limits }, read }, stop.signal)
}

/** How many messages each batch has, to the end of the stream; each comes once and in its order. */
async function sizes(limits: Partial<BatchLimits>): Promise<number[]> {
  const found: number[] = []
  let last = 0
  for await (const seqs of batches(limits)) {
    expect(seqs).toEqual(seqs.map((_, n) => last + 1 + n))
    last = seqs.at(-1)!
    found.push(seqs.length)
    if (last === MESSAGES) stop.abort()
  }
  return found
}

/** What the server still has before the one consumer that reads. */
async function waiting(): Promise<number> {
  const consumers = await nats.manager.consumers.list('BULK').next()
  return consumers.find(({ config }) => config.opt_start_seq === 1)!.num_pending
}

test('a batch has the most messages that it may have, and the last what is left', async () => {
  expect(await sizes({ rowsMax: 150 })).toEqual([150, 150, 100])
})

test('a batch has the most bytes that it may have', async () => {
  const found = await sizes({ bytesMax: 200_000 })
  expect(Math.max(...found)).toBeLessThanOrEqual(20)
  expect(found.length).toBeLessThanOrEqual(MESSAGES / 15)
})

test('while a batch is written one more is fetched, and nothing beyond it', async () => {
  const source = batches({ rowsMax: 50 })
  expect((await source.next()).value).toHaveLength(50)
  await until('the second batch is fetched', 10_000, waiting, (count) => count <= MESSAGES - 100)
  for (let n = 0; n < 5; n += 1) await nats.connection.rtt()
  expect(await waiting()).toBe(MESSAGES - 100)
  await source.return(undefined)
})

test('a message larger than a batch is said, not skipped', async () => {
  await expect(batches({ bytesMax: 5_000 }).next()).rejects.toThrow('larger than SINK_BYTES_MAX')
})

test('a reader that has lost its connection says so: what was under way is read anew', async () => {
  const next = batches({}, MESSAGES + 1).next()
  const lost = expect(next).rejects.toThrow(/NATS was lost|no answer|ended the request/)
  await until(
    'it waits',
    10_000,
    () => nats.manager.consumers.list('BULK').next(),
    (list) => list.length > 0,
  )
  await backend.kill()
  await backend.restart()
  await lost
})
