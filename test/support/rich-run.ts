import type pg from 'pg'
import type { PublishedRuleset } from '../../contracts/ruleset.ts'
import type { AgainRequest } from '../../router/route-again.ts'
import { createLiveRouter, Died, type LiveRouter } from './live-routers.ts'
import { richEvent } from './rich-leads.ts'
import { locations, rulesets, statuses, tenant } from './rich-organisation.ts'

/** Eight days in March, over the start of summer time in New York; far ahead, because Redis forgets windows that are past. */
const START_MS = Date.parse('2040-03-08T05:00:00Z')
const DAYS = 8
const BATCH_LEADS = 120
const ROUTERS = 4
const SECOND_MS = 1_000
const DAY_MS = 86_400_000

/**
 * Leads `0 … count` through several routers at once, batch after batch, evenly over the days: first without a ruleset,
 * then with one, from the middle on with the next. Some batches come twice, some die before their commit, and leads are
 * decided again for every reason that there is.
 */
export async function routeRichLeads(pool: pg.Pool, redisUrl: string, count: number): Promise<void> {
  await seedOrganisation(pool)
  const batches = Math.ceil(count / BATCH_LEADS)
  const timeOf = (batch: number): number => START_MS + Math.floor((batch * DAYS * DAY_MS) / batches)
  const routers = await Promise.all(Array.from({ length: ROUTERS }, () => createLiveRouter(pool, redisUrl)))
  let next = 0
  await routeBatch(pool, routers[0]!, next, timeOf(next++))
  await publish(pool, rulesets[0]!)
  await Promise.all(routers.map((router) => router.refresh()))
  await Promise.all(
    routers.map(async (router) => {
      for (let batch = next++; batch < batches; batch = next++) {
        if (batch === Math.floor(batches / 2)) await publish(pool, rulesets[1]!)
        await routeBatch(pool, router, batch, timeOf(batch))
      }
    }),
  )
  for (const router of routers) router.close()
}

async function routeBatch(pool: pg.Pool, router: LiveRouter, batch: number, nowMs: number): Promise<void> {
  router.setClock(nowMs)
  const events = Array.from({ length: BATCH_LEADS }, (_, i) =>
    richEvent(batch * BATCH_LEADS + i, nowMs - (i % 5) * SECOND_MS),
  )
  if (batch % 7 === 3) {
    router.dieAtCommit()
    await router.submit(events).catch((error: Error) => {
      if (!(error instanceof Died)) throw error
    })
    router.setClock(nowMs + 90 * SECOND_MS)
  }
  await router.submit(events)
  if (batch % 11 === 5) await router.submit(events.slice(0, 10))
  await engage(pool, nowMs)
  for (const requests of await wishes(pool, batch, nowMs)) await router.routeAgain(requests)
  await router.refresh()
}

/** What timers and people ask for: each kind of request, of a few leads that it can be asked of. */
async function wishes(pool: pg.Pool, batch: number, nowMs: number): Promise<AgainRequest[][]> {
  const read = async (sql: string, values: unknown[] = []) =>
    (await pool.query<{ leadId: string; attempt: number; offered: string[] }>(sql, values)).rows
  const held = await read(`SELECT lead_id AS "leadId", attempt FROM hexroute.held_leads ORDER BY held_since LIMIT 40`)
  const pond = `SELECT lead_id AS "leadId", attempt, offered_to AS offered FROM hexroute.pond_leads`
  const late = await read(`${pond} WHERE until <= $1 ORDER BY until LIMIT 20`, [new Date(nowMs)])
  const offered = await read(`${pond} WHERE until > $1 ORDER BY lead_id LIMIT 2`, [new Date(nowMs)])
  const assigned = await read(
    `SELECT lead_id AS "leadId", attempt FROM hexroute.leads WHERE outcome = 'assigned' AND created_at > $1
     ORDER BY attempt DESC, md5(lead_id::text || $2::text) LIMIT 19`,
    [new Date(nowMs - 2 * DAY_MS), String(batch)],
  )
  const to = (i: number): string => locations[i % locations.length]!.id
  const by = 'key-of-somebody'
  return [
    held.map((lead) => ({ ...lead, kind: 'held' })),
    late.map((lead) => ({ ...lead, kind: 'pond-timeout' })),
    offered.map(({ offered: [locationId = null], ...lead }) => ({ ...lead, kind: 'claim', locationId, by })),
    assigned.slice(0, 14).map((lead) => ({ ...lead, kind: 'sla' })),
    assigned.slice(14, 16).map((lead, i) => ({ ...lead, kind: 'move', locationId: to(batch + i), by })),
    assigned.slice(16, 17).map((lead) => ({ ...lead, kind: 'return', reason: 'bad-lead', by })),
    assigned.slice(17, 18).map((lead) => ({ ...lead, kind: 'return', reason: 'spam', by })),
    assigned.slice(18, 19).map((lead) => ({ ...lead, kind: 'undeliverable' })),
  ]
}

/** Some people answer, some buy, some do not: which is known when they are decided on again, or ask again. */
async function engage(pool: pg.Pool, nowMs: number): Promise<void> {
  const some = `lead_id IN (SELECT lead_id FROM hexroute.leads WHERE location_id IS NOT NULL AND created_at > $1
    ORDER BY md5(lead_id::text) LIMIT 30)`
  const since = new Date(nowMs - DAY_MS)
  await pool.query(
    `INSERT INTO hexroute.lead_facts (lead_id, fact, occurred_at, lead_created_at, tenant, location_id, event_id)
     SELECT lead_id, CASE attempt % 2 WHEN 1 THEN 'replied' ELSE 'appointment' END, $2, created_at, tenant, location_id, lead_id
     FROM hexroute.leads WHERE ${some} ON CONFLICT DO NOTHING`,
    [since, new Date(nowMs - DAY_MS / 3)],
  )
  await pool.query(
    `WITH ended AS (SELECT lead_id, created_at FROM hexroute.leads WHERE location_id IS NOT NULL AND created_at > $1
       AND status = 'open' AND right(lead_id::text, 1) < '7' ORDER BY lead_id FOR UPDATE)
     UPDATE hexroute.leads l SET status = CASE WHEN right(l.lead_id::text, 1) < '4' THEN 'won' ELSE 'lost' END,
       stage = CASE WHEN right(l.lead_id::text, 1) < '4' THEN 'won' ELSE 'lost' END, status_at = $2, stage_at = $2
     FROM ended WHERE l.lead_id = ended.lead_id AND l.created_at = ended.created_at`,
    [since, new Date(nowMs)],
  )
}

async function seedOrganisation(pool: pg.Pool): Promise<void> {
  await pool.query(`SELECT hexroute.ensure_partitions('2040-03-01', 1)`)
  await pool.query('INSERT INTO hexroute.agencies (id, name) VALUES ($1, $1)', [tenant])
  const regions = [...new Set(locations.map(({ regionId }) => regionId))]
  await pool.query('INSERT INTO hexroute.regions (id, tenant, name) SELECT r, $1, r FROM unnest($2::text[]) AS r', [
    tenant,
    regions,
  ])
  for (const { id, regionId, latitude, longitude, timeZone } of locations)
    await pool.query(
      `INSERT INTO hexroute.locations (id, tenant, region_id, name, kind, status, latitude, longitude, time_zone)
       VALUES ($1, $2, $3, $1, 'location', $4, $5, $6, $7)`,
      [id, tenant, regionId, statuses[id] ?? 'active', latitude, longitude, timeZone],
    )
  for (const { id, locationId } of rulesets[0]!.users)
    await pool.query('INSERT INTO hexroute.users (tenant, id, location_id, name, status) VALUES ($1, $2, $3, $2, $4)', [
      tenant,
      id,
      locationId,
      statuses[id] ?? 'active',
    ])
}

async function publish(pool: pg.Pool, { hash, document, locations: places, users }: PublishedRuleset): Promise<void> {
  const client = await pool.connect()
  await client.query('BEGIN')
  await client.query(`UPDATE hexroute.rulesets SET state = 'retired' WHERE tenant = $1 AND state = 'published'`, [
    tenant,
  ])
  await client.query(
    `INSERT INTO hexroute.rulesets (id, tenant, state, document, locations, users, hash, published_at)
     VALUES (gen_random_uuid(), $1, 'published', $2, $3, $4, $5, now())`,
    [tenant, JSON.stringify(document), JSON.stringify(places), JSON.stringify(users), hash],
  )
  await client.query('COMMIT')
  client.release()
}
