import type { PoolClient } from 'pg'
import type { GiveBack } from './capacity.ts'
import { claimRow, decisionRow, giveUpRow, holdRow, leadRow, offerRow, reservationRows } from './commit-rows.ts'
import { decisionBytes } from './decision-bytes.ts'
import { INSERT_IDENTITIES, identityRows } from './identity-store.ts'
import * as sql from './lead-sql.ts'
import { prepared } from './prepared.ts'
import { type Committed, ReservationLost, type Routed, StaleEpoch } from './routed.ts'
import { START_SLA_TIMERS, slaTimerRow } from './sla-store.ts'

const RECORD_SEPARATOR = Buffer.from('\x1e')

const LOCK_COUNTERS = prepared(`SELECT pg_advisory_xact_lock_shared(hashtextextended('hexroute.counters.' || $1, 0))`)
const READ_EPOCH = prepared('SELECT epoch FROM hexroute.counter_epochs WHERE tenant = $1')

/** The body of the one transaction that assigns. @throws StaleEpoch, ReservationLost: nothing was written. */
export async function commitRouted(client: PoolClient, routed: readonly Routed[]): Promise<Committed> {
  await checkEpochs(client, routed)
  const first = routed.filter(({ lead }) => lead.attempt === 1)
  const again = routed.filter(({ lead }) => lead.attempt > 1)
  const written = new Set([
    ...(await leadIds(client, sql.CLAIM_NEW, first.map(claimRow))),
    ...(await leadIds(client, { text: sql.LOCK_AGAIN }, again.map(leadRow))),
  ])
  const isWritten = ({ lead }: Routed): boolean => written.has(lead.leadId)
  await insertNew(client, first.filter(isWritten))
  const givenUp = await advance(client, again.filter(isWritten))
  await insertDecisions(client, routed.filter(isWritten))
  return { written, givenUp }
}

/** Shared with a rebuild's exclusive lock: while counters are folded nothing commits. Sorted, so that two never cross. */
async function checkEpochs(client: PoolClient, routed: readonly Routed[]): Promise<void> {
  const epochs = new Map(
    routed.flatMap(({ lead, reservation }) => (reservation ? [[lead.tenant, reservation.epoch] as const] : [])),
  )
  for (const [tenant, epoch] of [...epochs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await client.query({ ...LOCK_COUNTERS, values: [tenant] })
    const { rows } = await client.query<{ epoch: string }>({ ...READ_EPOCH, values: [tenant] })
    const isMixed = routed.some(
      (entry) => entry.lead.tenant === tenant && entry.reservation && entry.reservation.epoch !== epoch,
    )
    if (rows[0]?.epoch !== epoch || isMixed) throw new StaleEpoch(tenant)
  }
}

async function insertNew(client: PoolClient, first: readonly Routed[]): Promise<void> {
  await run(client, sql.INSERT_LEADS, first.map(leadRow))
  await run(
    client,
    INSERT_IDENTITIES,
    first.flatMap(({ lead }) => identityRows(lead)),
  )
}

async function advance(client: PoolClient, again: readonly Routed[]): Promise<GiveBack[]> {
  if (again.length === 0) return []
  const leads = again.map(({ lead }) => lead.leadId)
  await run(client, { text: sql.ADVANCE }, again.map(leadRow))
  await client.query(sql.UNHOLD, [leads])
  await client.query(sql.UNOFFER, [leads])
  await run(
    client,
    sql.TO_OUTBOX,
    again.map(({ lead: { leadId, attempt, createdAt } }) => ({ leadId, attempt, createdAt })),
  )
  const { rows } = await client.query<Omit<GiveBack, 'places'> & { keys: string[]; amounts: number[] }>(
    sql.GIVE_UP_EARLIER,
    [JSON.stringify(again.map(giveUpRow))],
  )
  return rows.map(({ keys, amounts, ...entry }) => ({
    ...entry,
    places: keys.map((key, i) => ({ key, amount: amounts[i] ?? 1 })),
  }))
}

async function insertDecisions(client: PoolClient, routed: readonly Routed[]): Promise<void> {
  if (routed.length === 0) return
  const decisions = routed.map(({ decision }) => decision)
  const texts = Buffer.concat(
    decisions.flatMap((one, i) => (i > 0 ? [RECORD_SEPARATOR, decisionBytes(one)] : [decisionBytes(one)])),
  )
  await client.query({ ...sql.INSERT_DECISIONS, values: [JSON.stringify(decisions.map(decisionRow)), texts] })
  const reservations = routed.flatMap(reservationRows)
  if ((await leadIds(client, sql.INSERT_RESERVATIONS, reservations)).length < reservations.length) {
    throw new ReservationLost(routed[0]!.lead.tenant)
  }
  await run(
    client,
    START_SLA_TIMERS,
    routed.flatMap(({ decision, slaDueMs }) => (slaDueMs === null ? [] : [slaTimerRow(decision, slaDueMs)])),
  )
  await run(client, sql.HOLD, routed.filter(({ decision }) => decision.outcome === 'held').map(holdRow))
  await run(client, sql.OFFER, routed.filter(({ decision }) => decision.outcome === 'pond').map(offerRow))
}

type Statement = { name?: string; text: string }

async function run(client: PoolClient, statement: Statement, rows: readonly object[]): Promise<void> {
  if (rows.length > 0) await client.query({ ...statement, values: [JSON.stringify(rows)] })
}

async function leadIds(client: PoolClient, statement: Statement, rows: readonly object[]): Promise<string[]> {
  if (rows.length === 0) return []
  const result = await client.query<{ lead_id: string }>({ ...statement, values: [JSON.stringify(rows)] })
  return result.rows.map((row) => row.lead_id)
}
