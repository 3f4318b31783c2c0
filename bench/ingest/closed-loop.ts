import autocannon from 'autocannon'
import { processorTimeMs } from './processor-time.ts'
import { signedBodies } from './signed-bodies.ts'

/**
 * `closed-loop.ts URL WARM_UP_SECONDS SECONDS CONNECTIONS TARGET_PID`: as many requests as the target answers; prints one
 * JSON line. V8 drops compiled code of an idle process, and the gateway has more of it than the floor, so every
 * measurement warms up right before.
 */
const [url = '', warmUpSeconds = '5', seconds = '5', connections = '32', pid = ''] = process.argv.slice(2)
/** More than any target that verifies and stores can take here; beyond it bodies would repeat. */
const RATE_MAX = 4_000

await run(Number(warmUpSeconds))
const beforeMs = processorTimeMs(Number(pid))
const result = await run(Number(seconds))
console.log(
  JSON.stringify({
    requests: result['2xx'],
    perSecond: result['2xx'] / result.duration,
    cpuMs: processorTimeMs(Number(pid)) - beforeMs,
    failed: result.non2xx + result.errors + result.timeouts,
  }),
)

function run(duration: number): Promise<autocannon.Result> {
  const perConnection = Math.ceil((duration * RATE_MAX) / Number(connections))
  const bodies = signedBodies(perConnection * Number(connections), process.env.BENCH_PRIVATE_KEY ?? '')
  let taken = 0
  return autocannon({
    url,
    method: 'POST',
    duration,
    connections: Number(connections),
    // Each connection has bodies of its own: a repeated one would be a cheap duplicate.
    setupClient: (client) => {
      const own = bodies.slice(taken, taken + perConnection)
      taken += perConnection
      client.setRequests(own.map(({ body, headers }) => ({ method: 'POST', body, headers })))
    },
  })
}
