import { randomBytes } from 'node:crypto'
import { freePort } from '../../local/ports.ts'
import { tenant } from '../../test/support/decided-lead.ts'
import { connectAgency } from '../../test/support/delivery-bench.ts'
import { type DeliveryProcess, startDelivery } from '../../test/support/delivery-process.ts'
import { type Simulator, startSimulator } from '../../test/support/ghl-simulator.ts'
import { type Stores, startStores } from '../router/stores.ts'
import { type ContactTimes, startContactClock } from './contact-clock.ts'

/** Calls per 10 s and sub-account: what GHL allows, and what delivery takes of it. */
export type Limit = { ghl: number; own: number }

export type World = {
  stores: Stores
  simulator: Simulator
  delivery: DeliveryProcess
  contacts: ContactTimes
  locationIds: string[]
  limit: Limit
  stop: () => Promise<void>
}

/** Stores, simulator and one delivery process; every sub-account's token is minted and its set-up known. */
export async function startWorld(locations: number, limit: Limit): Promise<World> {
  const stores = await startStores()
  const contacts = await startContactClock()
  const locationIds = Array.from({ length: locations }, (_, n) => `loc${n}`)
  const env = { GHL_SIM_RATE_BURST: String(limit.ghl), GHL_SIM_RATE_DAILY: '1000000' }
  const simulator = await startSimulator({ port: await freePort(), webhookUrl: contacts.url, env })
  await simulator.call('PUT', '/_sim/organisation', {
    companyId: tenant,
    locations: locationIds.map((id) => ({ id, name: id, intake: false })),
  })
  const secretKey = randomBytes(32).toString('base64')
  await connectAgency(stores.pool, secretKey, locationIds)
  const delivery = await startDelivery(simulator, {
    DATABASE_URL: stores.postgres.url,
    NATS_URL: stores.nats.url,
    REDIS_URL: stores.redis.url,
    HEXROUTE_SECRET_KEY: secretKey,
    GHL_CALLS_PER_10S: String(limit.own),
    GHL_CALLS_PER_DAY: '1000000',
  })
  return {
    ...{ stores, simulator, delivery, contacts, locationIds, limit },
    stop: async () => {
      await delivery.kill()
      await simulator.kill('SIGKILL')
      await contacts.close()
      await stores.stop()
    },
  }
}
