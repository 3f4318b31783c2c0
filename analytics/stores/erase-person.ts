import { setTimeout as pause } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import type { AnalyticsReply, AnalyticsRequest } from '../../contracts/analytics-request.ts'

const WRITTEN_WITHIN_MS = 20_000
const LOOK_EVERY_MS = 200
/** Parameters travel in the address, which takes some ten kilobytes. */
const CHUNK = 100
const idOf = { events: 'event_id', decisions: 'decision_id', deliveries: 'delivery_id' } as const

/**
 * One person's traces in the rows. No row goes, so whatever is counted stays; contacts stand under a pseudonym, so that
 * what is grouped by them stays too. Parts are written anew and waited for; the old ones leave the disk some minutes
 * later. A second time changes nothing.
 */
export async function erasePerson(clickhouse: ClickHouseClient, request: AnalyticsRequest): Promise<AnalyticsReply> {
  if (!(await areWritten(clickhouse, request))) return notYet
  const eventIds = await readEventIds(clickhouse, request)
  for (const ids of chunks(eventIds)) await update(clickhouse, ERASE_EVENTS, { ids, ...paramsOf(request) })
  for (const ids of chunks(request.leadIds)) {
    await update(clickhouse, ERASE_DELIVERIES, { ids })
    await update(clickhouse, ERASE_TEXTS, { ids, texts: request.texts })
    await update(clickhouse, ERASE_SOURCES, { ids, texts: request.texts })
  }
  for (const ids of chunks(request.exactLeadIds)) await update(clickhouse, ROUND_DISTANCES, { ids })
  return { kind: 'erased', events: eventIds.length }
}

const notYet: AnalyticsReply = {
  ...{ kind: 'refused', code: 'NOT_YET' },
  message: 'The sink has not written all messages of this person. Is analytics behind? Try again in a minute.',
}

async function areWritten(clickhouse: ClickHouseClient, { expected }: AnalyticsRequest): Promise<boolean> {
  for (const table of ['events', 'decisions', 'deliveries'] as const) {
    for (const ids of chunks(expected[table])) {
      const query = `SELECT uniqExact({column:Identifier}) AS found FROM {table:Identifier} WHERE {column:Identifier} IN {ids:Array(UUID)}`
      const params = { table, column: idOf[table], ids }
      for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
        const [row] = await read<{ found: string }>(clickhouse, query, params)
        if (Number(row?.found) === new Set(ids).size) break
        if (waitedMs >= WRITTEN_WITHIN_MS) return false
        await pause(LOOK_EVERY_MS)
      }
    }
  }
  return true
}

/** Those of the streams, those of the leads, and older ones of the contacts. */
async function readEventIds(clickhouse: ClickHouseClient, request: AnalyticsRequest): Promise<string[]> {
  const ids = new Set(request.expected.events)
  const add = async (query: string, params: Record<string, unknown>) => {
    for (const { id } of await read<{ id: string }>(clickhouse, query, params)) ids.add(id)
  }
  for (const leadIds of chunks(request.leadIds)) await add(EVENTS_OF_LEADS, { leadIds })
  const contacts = request.contacts.map(({ locationId, contactId }) => ({ locationId, contactId }))
  for (const part of chunks(contacts)) {
    await add(EVENTS_OF_CONTACTS, {
      tenant: request.tenant,
      locations: [...new Set(part.map(({ locationId }) => locationId))],
      contacts: part.map(({ locationId, contactId }) => `${locationId}/${contactId}`),
    })
  }
  return [...ids]
}

const EVENTS_OF_LEADS = `
  SELECT DISTINCT toString(event_id) AS id FROM decisions WHERE lead_id IN {leadIds:Array(UUID)}`
const EVENTS_OF_CONTACTS = `
  SELECT DISTINCT toString(event_id) AS id FROM events
   WHERE tenant IN ({tenant:String}, '_') AND location_id IN {locations:Array(String)}
     AND (concat(location_id, '/', contact_id) IN {contacts:Array(String)}
       OR concat(location_id, '/', entity_id) IN {contacts:Array(String)})`

const paramsOf = ({ contacts, texts }: AnalyticsRequest) => ({
  texts,
  known: contacts.map(({ contactId }) => contactId),
  pseudonyms: contacts.map(({ pseudonym }) => pseudonym),
})

/** Of the body only what the hot paths have: a state, a source, an owner, an amount. */
const ERASE_EVENTS = `
  ALTER TABLE events UPDATE
    payload = toJSONString(CAST((payload.status,
        if(arrayExists(text -> positionCaseInsensitiveUTF8(payload.source, text) > 0, {texts:Array(String)}), '', payload.source),
        payload.assignedTo, payload.pipelineId, payload.pipelineStageId, payload.monetaryValue),
      'Tuple(status String, source String, assignedTo String, pipelineId String, pipelineStageId String, monetaryValue Float64)')),
    entity_id = multiIf(entity_id = '' OR startsWith(entity_id, 'erased-'), entity_id,
      has({known:Array(String)}, entity_id), transform(entity_id, {known:Array(String)}, {pseudonyms:Array(String)}, ''),
      concat('erased-', lower(hex(sipHash128(entity_id))))),
    contact_id = multiIf(contact_id = '' OR startsWith(contact_id, 'erased-'), contact_id,
      has({known:Array(String)}, contact_id), transform(contact_id, {known:Array(String)}, {pseudonyms:Array(String)}, ''),
      concat('erased-', lower(hex(sipHash128(contact_id)))))
  WHERE event_id IN {ids:Array(UUID)}`
const ERASE_DELIVERIES = `
  ALTER TABLE deliveries UPDATE
    contact_id = if(contact_id = '' OR startsWith(contact_id, 'erased-'), contact_id,
      concat('erased-', lower(hex(sipHash128(contact_id))))),
    opportunity_id = if(opportunity_id = '' OR startsWith(opportunity_id, 'erased-'), opportunity_id,
      concat('erased-', lower(hex(sipHash128(opportunity_id)))))
  WHERE lead_id IN {ids:Array(UUID)}`
const ERASE_TEXTS = `
  ALTER TABLE decisions UPDATE
    why = if(arrayExists(text -> positionCaseInsensitiveUTF8(why, text) > 0, {texts:Array(String)}), 'Erased.', why),
    lead_source = if(arrayExists(text -> positionCaseInsensitiveUTF8(lead_source, text) > 0, {texts:Array(String)}), 'erased', lead_source),
    lead_campaign = if(arrayExists(text -> positionCaseInsensitiveUTF8(lead_campaign, text) > 0, {texts:Array(String)}), 'erased', lead_campaign)
  WHERE lead_id IN {ids:Array(UUID)}`
const ERASE_SOURCES = `
  ALTER TABLE lead_lifecycle UPDATE
    lead_source = if(arrayExists(text -> positionCaseInsensitiveUTF8(lead_source, text) > 0, {texts:Array(String)}), 'erased', lead_source),
    lead_campaign = if(arrayExists(text -> positionCaseInsensitiveUTF8(lead_campaign, text) > 0, {texts:Array(String)}), 'erased', lead_campaign)
  WHERE lead_id IN {ids:Array(UUID)}`
const ROUND_DISTANCES = `
  ALTER TABLE decision_candidates UPDATE distance_m = round(distance_m, -3) WHERE lead_id IN {ids:Array(UUID)}`

async function update(clickhouse: ClickHouseClient, query: string, params: Record<string, unknown>): Promise<void> {
  await clickhouse.command({ query, query_params: params, clickhouse_settings: { mutations_sync: '2' } })
}

async function read<Row>(clickhouse: ClickHouseClient, query: string, params: Record<string, unknown>): Promise<Row[]> {
  return (await clickhouse.query({ query, query_params: params, format: 'JSONEachRow' })).json<Row>()
}

function chunks<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, i) => items.slice(i * CHUNK, (i + 1) * CHUNK))
}
