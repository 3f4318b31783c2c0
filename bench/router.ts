/**
 * The router process with Postgres, Redis and NATS on one machine: how many leads a second it brings from JetStream to a
 * committed decision and its acknowledgement; the whole way from a signed POST at the gateway, beside the plain handler of
 * the same run; and its latency at 1,000/s.
 * Run: node --import tsx bench/router.ts [leads=20000] [locations=100] [seconds=10] [stages=burst,plain,whole,paced].
 * With PROFILE=dir the router writes a CPU profile.
 */

import { benchEvents } from './router/events.ts'
import { publishBench } from './router/organisation.ts'
import { plainRate } from './router/plain-rate.ts'
import { startRouter } from './router/router-process.ts'
import { burst, paced } from './router/stages.ts'
import { publishEvents, startStores, untilRouted } from './router/stores.ts'
import { wholeWay } from './router/whole-way.ts'

const [leads = 20_000, locations = 100, seconds = 10] = process.argv.slice(2, 5).map(Number)
const stages = (process.argv[5] ?? 'burst,plain,whole,paced').split(',')
const stores = await startStores()
await publishBench(stores.pool, locations)
await publishEvents(stores, benchEvents(2_000))
const router = startRouter(stores)
try {
  await untilRouted(stores)
  let plainPerSecond: number | null = null
  for (const stage of stages) {
    if (stage === 'burst') console.log(await burst(stores, router.child, leads))
    else if (stage === 'paced') console.log(await paced(stores, router.child, 1_000, seconds))
    else if (stage === 'plain') {
      const { perSecond, report } = await plainRate(stores, leads, locations)
      plainPerSecond = perSecond
      console.log(report)
    } else if (stage === 'whole') {
      const { perSecond, report } = await wholeWay(stores, router.child.pid!, leads)
      console.log(report)
      if (plainPerSecond) console.log(`whole way to plain handler: ${(perSecond / plainPerSecond).toFixed(2)}`)
    } else throw new Error(`there is no stage ${stage}`)
  }
} finally {
  await router.stop()
  await stores.stop()
}
