import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { Kvm } from '@nats-io/kv'
import { knownBucket, knownKey } from '../../contracts/known.ts'
import { benchAppId } from '../ingest/signed-bodies.ts'
import { startTarget } from '../ingest/targets.ts'
import { benchEvents } from './events.ts'
import { BENCH_TENANT } from './organisation.ts'
import { postAll, type Sent } from './post-all.ts'
import { startShare } from './processor-share.ts'
import { type Stores, untilRouted } from './stores.ts'

export type WholeWay = { perSecond: number; report: string }

/** From POST at the gateway to the committed decision, closed loop; the clock ends when the last one is committed and acknowledged. */
export async function wholeWay(stores: Stores, routerPid: number, leads: number): Promise<WholeWay> {
  const { connection } = stores.connection
  const bucket = await new Kvm(connection).create(knownBucket)
  await bucket.put(knownKey.location('funnel'), JSON.stringify({ tenant: BENCH_TENANT, intake: true }))
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const gateway = await startTarget('gateway', 'ingest/main.ts', {
    NATS_URL: stores.nats.url,
    DATABASE_URL: stores.postgres.url,
    GHL_APP_ID: benchAppId,
    GHL_WEBHOOK_PUBLIC_KEYS: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  })
  try {
    const signed = (count: number): Sent[] => signedLeads(count, privateKey)
    await postAll(gateway.url, 202, signed(1_000))
    await untilRouted(stores)
    const before = await countCommitted(stores)
    const bodies = signed(leads)
    const { postgres, redis, nats } = stores
    const pids = {
      gateway: gateway.child.pid!,
      router: routerPid,
      postgres: postgres.pid,
      redis: redis.pid,
      nats: nats.pid,
    }
    const share = startShare({ ...pids, sender: process.pid })
    const start = performance.now()
    await postAll(gateway.url, 202, bodies)
    const postedS = (performance.now() - start) / 1_000
    await untilRouted(stores)
    const seconds = (performance.now() - start) / 1_000
    const decided = (await countCommitted(stores)) - before
    if (decided !== leads) throw new Error(`${decided} of ${leads} leads have a decision`)
    const perSecond = leads / seconds
    return {
      perSecond,
      report: `whole way: ${Math.round(perSecond)} leads/s from POST to committed decision (${leads} leads, all posted after ${postedS.toFixed(1)} s, decided after ${seconds.toFixed(1)} s); microseconds a lead: ${share(leads)}`,
    }
  } finally {
    gateway.child.kill()
  }
}

/** As the platform sends them: distinct people, signed beforehand. */
function signedLeads(count: number, key: ReturnType<typeof generateKeyPairSync>['privateKey']): Sent[] {
  return benchEvents(count).map(({ contactId, person, occurredAt }) => {
    const { latitude, longitude, customFields: _, ...plain } = person!
    const customFields = [
      { id: 'latitude', value: latitude },
      { id: 'longitude', value: longitude },
    ]
    const ids = { type: 'ContactCreate', locationId: 'funnel', versionId: benchAppId, appId: benchAppId, id: contactId }
    const times = { dateAdded: occurredAt, timestamp: occurredAt, webhookId: randomUUID() }
    const body = JSON.stringify({ ...ids, ...plain, latitude, longitude, customFields, ...times })
    const signature = sign(null, Buffer.from(body), key).toString('base64')
    return { body, headers: { 'content-type': 'application/json', 'x-ghl-signature': signature } }
  })
}

async function countCommitted({ pool }: Stores): Promise<number> {
  const { rows } = await pool.query<{ n: number }>('SELECT count(*) AS n FROM hexroute.decisions')
  return rows[0]!.n
}
