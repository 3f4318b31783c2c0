import { readFileSync } from 'node:fs'
import type { ClickHouseClient } from '@clickhouse/client'

/** Events that GHL sends of one lead on an average: the form, our own write come back, the opportunity, what people do. */
export const EVENTS_PER_LEAD = 5
const DAYS = 90
/** A part per day would be a fsync per day; a sink that catches up writes as much at once. */
const DAYS_AT_ONCE = 3
/** Small messages are most of a stream; the whole of a body is 2 KB, what analysis keeps of it is this much. */
const PAYLOAD = `{"type":"ContactCreate","source":"form","status":"open","pipelineId":"p1","monetaryValue":250}`

const leadsView = readFileSync(new URL('leads.sql', import.meta.url), 'utf8')

/** One statement per table, each over the leads `from` to `from + count` of `leads`. The views fill `lead_lifecycle`. */
const tables = {
  events: `
    SELECT 'agency' AS tenant, if(k = 0, 'funnel', location_id) AS location_id,
           ['ContactCreate', 'ContactCreate', 'OpportunityCreate', 'OutboundMessage', 'OpportunityStatusUpdate'][k + 1] AS type,
           reinterpretAsUUID(concat(reinterpretAsFixedString(cityHash64(n, 'event', k)), reinterpretAsFixedString(n))) AS event_id,
           created_at + toIntervalSecond(k * 40) AS occurred_at, occurred_at + toIntervalMillisecond(60) AS received_at,
           n * 5 + k AS stream_seq, 'ghl' AS origin, k = 0 AS intake, '' AS parked, contact AS entity_id, contact AS contact_id,
           {payload:String} AS payload
      FROM bench.leads(from = {from:UInt64}, count = {count:UInt64}, leads = {leads:UInt64}) ARRAY JOIN range(5) AS k`,
  decisions: `
    SELECT 'agency' AS tenant, if(outcome = 'assigned', location_id, '') AS location_id,
           if(outcome = 'assigned', region_id, '') AS region_id, if(outcome = 'assigned', user_id, '') AS user_id,
           lead_id AS decision_id, lead_id, 1 AS attempt,
           lead_id AS event_id, outcome, if(outcome = 'assigned', 'shared', '') AS tier,
           if(outcome = 'assigned', '', 'ALL_FULL') AS fallback, 'balanced' AS strategy,
           concat('Assigned to ', location_id, ': its shared radius reaches the lead, 12 km away; best of 5 by room and distance.') AS why,
           5 AS candidate_count, 'funnel' AS intake_location_id, source AS lead_source, campaign AS lead_campaign, 'US' AS country,
           leftPad(toString(10000 + place * 100 + n % 100), 5, '0') AS postal_code, cell, 'zip' AS place_precision,
           lower(hex(MD5('ruleset'))) AS ruleset_hash, lower(hex(MD5(toString(n)))) AS decision_hash,
           decided_at, created_at AS lead_created_at, decided_at AS received_at, n AS stream_seq
      FROM bench.leads(from = {from:UInt64}, count = {count:UInt64}, leads = {leads:UInt64})`,
  decision_candidates: `
    SELECT 'agency' AS tenant, concat('location-', leftPad(toString((place + k) % 100), 3, '0')) AS location_id,
           concat('region-', toString((place + k) % 5)) AS region_id, lead_id AS decision_id, lead_id, 1 AS attempt,
           'shared' AS tier, 'radius' AS territory_kind, concat('territory-', toString(k)) AS territory_id,
           k = 0 AND outcome = 'assigned' AS chosen, if(reason = '', k + 1, 0) AS rank,
           multiIf(outcome != 'assigned' OR cityHash64(n, 'full', k) % 8 = 0 AND k > 0, 'CAP', k = 3, 'HOURS', '') AS reason,
           if(reason = 'CAP', 'day 20/20', '') AS detail, 1000. * (k + 1) * (1 + n % 20) AS distance_m,
           (cityHash64(n, 'used', k) % 100) / 100 AS utilisation, 1 / (k + 1) AS score,
           decided_at, decided_at AS received_at, n AS stream_seq
      FROM bench.leads(from = {from:UInt64}, count = {count:UInt64}, leads = {leads:UInt64}) ARRAY JOIN range(5) AS k`,
  decision_users: `
    SELECT 'agency' AS tenant, location_id, region_id, concat('user-', place_id, '-', toString(k)) AS user_id,
           lead_id AS decision_id, lead_id, 1 AS attempt, user_id = leads.user_id AS chosen, k + 1 AS rank, '' AS reason,
           (cityHash64(n, 'owed', k) % 200) / 100 AS shortfall, decided_at, decided_at AS received_at, n AS stream_seq
      FROM bench.leads(from = {from:UInt64}, count = {count:UInt64}, leads = {leads:UInt64}) AS leads ARRAY JOIN range(5) AS k
     WHERE outcome = 'assigned'`,
  deliveries: `
    SELECT 'agency' AS tenant, location_id, region_id,
           reinterpretAsUUID(concat(reinterpretAsFixedString(cityHash64(n, 'delivery')), reinterpretAsFixedString(n))) AS delivery_id,
           lead_id, 1 AS attempt, 'delivered' AS state, contact AS contact_id, contact AS opportunity_id, '' AS error_code,
           3 AS tries, decided_at, delivered_at, created_at AS lead_created_at, delivered_at AS received_at, n AS stream_seq
      FROM bench.leads(from = {from:UInt64}, count = {count:UInt64}, leads = {leads:UInt64})
     WHERE outcome = 'assigned'`,
  lead_facts: `
    SELECT 'agency' AS tenant, location_id, region_id, fact,
           reinterpretAsUUID(concat(reinterpretAsFixedString(cityHash64(n, 'fact', fact)), reinterpretAsFixedString(n))) AS fact_id,
           lead_id, if(fact = 'won', 250, NULL) AS value,
           if(fact = 'contacted', intDiv(dateDiff('millisecond', created_at, contacted_at), 3), NULL) AS business_ms, fact_id AS event_id,
           if(fact = 'contacted', contacted_at, contacted_at + toIntervalSecond(cityHash64(n, fact, 'when') % 864000)) AS occurred_at,
           created_at AS lead_created_at, occurred_at AS received_at, n AS stream_seq
      FROM bench.leads(from = {from:UInt64}, count = {count:UInt64}, leads = {leads:UInt64}) ARRAY JOIN facts AS fact`,
}

/** Writes the rows of `leads` leads in the order in which they would have come. */
export async function writeRows(
  clickhouse: ClickHouseClient,
  leads: number,
  onDay: (day: number) => void,
): Promise<void> {
  await clickhouse.command({ query: 'CREATE DATABASE IF NOT EXISTS bench' })
  await clickhouse.command({ query: leadsView })
  for (let day = 0; day < DAYS; day += DAYS_AT_ONCE) {
    const from = Math.floor((leads * day) / DAYS)
    const count = Math.floor((leads * (day + DAYS_AT_ONCE)) / DAYS) - from
    const query_params = { from, count, leads, payload: PAYLOAD }
    for (const [table, select] of Object.entries(tables)) {
      const columns = await columnsOf(clickhouse, select, query_params)
      await clickhouse.command({ query: `INSERT INTO hexroute.${table} (${columns}) ${select}`, query_params })
    }
    onDay(day + DAYS_AT_ONCE)
  }
}

/** What a lead brings into `lead_lifecycle`: its decision, its delivery and its facts. */
const MESSAGES_PER_LEAD = 4
/** So few parts are left of small ones by the merges that follow each insert. */
const LATE_INSERTS = 4

/** As many facts as ten minutes bring messages, of leads of the last 30 days; a run after the first writes them again. */
export async function writeLateFacts(clickhouse: ClickHouseClient, leads: number): Promise<void> {
  const perInsert = Math.ceil(((leads / DAYS / 24 / 6) * MESSAGES_PER_LEAD) / LATE_INSERTS)
  const recent = Math.floor(leads / 3)
  for (let insert = 0; insert < LATE_INSERTS; insert += 1) {
    const query_params = { from: leads - recent, count: recent, leads, insert, every: Math.floor(recent / perInsert) }
    const columns = await columnsOf(clickhouse, LATE_FACTS, query_params)
    await clickhouse.command({
      query: `INSERT INTO hexroute.lead_facts (${columns}) ${LATE_FACTS}`,
      query_params,
      clickhouse_settings: { insert_deduplicate: 0 },
    })
  }
}

const LATE_FACTS = `
  SELECT 'agency' AS tenant, location_id, region_id, 'replied' AS fact,
         reinterpretAsUUID(concat(reinterpretAsFixedString(cityHash64(n, 'late')), reinterpretAsFixedString(n))) AS fact_id,
         lead_id, fact_id AS event_id, toDateTime64('2026-11-18 00:00:00', 3, 'UTC') AS occurred_at,
         created_at AS lead_created_at, occurred_at AS received_at, n AS stream_seq
    FROM bench.leads(from = {from:UInt64}, count = {count:UInt64}, leads = {leads:UInt64})
   WHERE cityHash64(n, {insert:UInt32}) % {every:UInt64} = 0 AND outcome = 'assigned'`

/** An insert pairs columns by their place; the generator names them. */
async function columnsOf(
  clickhouse: ClickHouseClient,
  query: string,
  query_params: Record<string, unknown>,
): Promise<string> {
  const answer = await clickhouse.query({ query: `DESCRIBE (${query})`, query_params, format: 'JSONEachRow' })
  return (await answer.json<{ name: string }>()).map(({ name }) => name).join(', ')
}
