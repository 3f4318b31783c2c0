import autocannon from 'autocannon'
import { signedBodies } from './signed-bodies.ts'

/** `closed-loop.ts URL SECONDS CONNECTIONS RATE_MAX`: as many requests as the target answers; prints one JSON line. */
const [url = '', seconds = '5', connections = '32', rateMax = '6000'] = process.argv.slice(2)
const perConnection = Math.ceil((Number(seconds) * Number(rateMax)) / Number(connections))
const bodies = signedBodies(perConnection * Number(connections), process.env.BENCH_PRIVATE_KEY ?? '')
let taken = 0

const result = await autocannon({
  url,
  method: 'POST',
  duration: Number(seconds),
  connections: Number(connections),
  // Each connection has bodies of its own: a repeated one would be a cheap duplicate.
  setupClient: (client) => {
    const own = bodies.slice(taken, taken + perConnection)
    taken += perConnection
    client.setRequests(own.map(({ body, headers }) => ({ method: 'POST', body, headers })))
  },
})
console.log(
  JSON.stringify({
    requests: result['2xx'],
    perSecond: result['2xx'] / result.duration,
    failed: result.non2xx + result.errors + result.timeouts,
    prepared: bodies.length,
  }),
)
