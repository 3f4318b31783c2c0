import { Pool } from 'undici'
import { type SignedBody, signedBodies } from './signed-bodies.ts'

/**
 * `open-loop.ts URL SECONDS RATE`: sends at a fixed rate whatever comes back, and counts latency from the instant at which a
 * request was due, so that a stall counts for everybody who would have waited in it. Prints one JSON line.
 */
const [url = '', seconds = '5', rate = '1000'] = process.argv.slice(2)
const intervalMs = 1_000 / Number(rate)
const warmUp = Number(rate)
const bodies = signedBodies(Number(seconds) * Number(rate) + warmUp, process.env.BENCH_PRIVATE_KEY ?? '')
const pool = new Pool(new URL(url).origin, { connections: 256, pipelining: 1 })
const path = new URL(url).pathname
const latenciesMs: number[] = []
let failed = 0

await run(bodies.slice(0, warmUp))
latenciesMs.length = 0
failed = 0
await run(bodies.slice(warmUp))
latenciesMs.sort((a, b) => a - b)
console.log(
  JSON.stringify({
    requests: latenciesMs.length,
    failed,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    maxMs: quantile(1),
  }),
)
await pool.close()

async function run(batch: SignedBody[]): Promise<void> {
  const startMs = performance.now()
  const pending: Promise<void>[] = []
  while (pending.length < batch.length) {
    const due = Math.min(batch.length, Math.floor((performance.now() - startMs) / intervalMs) + 1)
    while (pending.length < due) pending.push(send(batch[pending.length]!, startMs + pending.length * intervalMs))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(pending)
}

async function send({ body, headers }: SignedBody, dueMs: number): Promise<void> {
  try {
    const answer = await pool.request({ path, method: 'POST', headers, body })
    await answer.body.dump()
    if (answer.statusCode !== 202) failed++
  } catch {
    failed++
  }
  latenciesMs.push(performance.now() - dueMs)
}

function quantile(share: number): number {
  return latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(share * latenciesMs.length))] ?? Number.NaN
}
