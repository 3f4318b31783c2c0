import type { PoolClient } from 'pg'
import type { LeadFact } from '../../contracts/lead-fact.ts'
import type { Place } from '../../decide/capacity/counter.ts'
import { groupBy } from '../../decide/group-by.ts'
import type { Lead } from '../../decide/lead.ts'
import { type Happening, leadState, ownerAt } from '../../decide/lifecycle/lead-state.ts'
import { isTouch } from '../../decide/lifecycle/touch.ts'
import { isEnded } from '../../decide/lifecycle/transitions.ts'
import type { Engagement, Scored } from '../../decide/rules/score-lead.ts'
import { type Postgres, transaction } from '../../kernel/postgres.ts'
import type { ReadFact } from '../steps/read-fact.ts'
import * as sql from './fact-sql.ts'
import { leadOfRow } from './lead-row.ts'
import { TOUCH_SLA_TIMERS } from './sla-store.ts'
import { createWaitingFacts, type LeadOfContact, type WaitingFacts } from './waiting-facts.ts'

export type ClosedReservation = { tenant: string; leadId: string; attempt: number; places: Place[] }
export type ScoreOf = (lead: Lead, engagement: Engagement) => Scored

export type Recorded = {
  /** All closed reservations of these leads, also those closed lately: giving capacity back is idempotent. */
  closed: ClosedReservation[]
  /** Facts by whoever owned the lead when they happened; those of former owners are stored and stay here. */
  byOwner: LeadFact[]
}

export type FactStore = {
  /**
   * `<location>/<contact id>` -> the lead that was written there, or `awaited`: a delivery to that sub-account has not said
   * yet which contact it made. Contacts that are in neither are not ours.
   */
  leadsOf: (read: readonly ReadFact[]) => Promise<Map<string, LeadOfContact | 'awaited'>>
  /** Adds facts, and moves all that follows from them: state, status, score, first touch, reservations of ended leads. */
  record: (facts: readonly LeadFact[], scoreOf: ScoreOf) => Promise<Recorded>
  /** What the person and the owner did, oldest first: what a score counts. */
  engagementOf: (leadIds: readonly string[]) => Promise<Map<string, Engagement>>
  waiting: WaitingFacts
}

export function createFactStore(pool: Postgres): FactStore {
  return {
    leadsOf: async (read) => {
      const { rows } = await pool.query<sql.LeadOfRow>(sql.FIND_LEADS, [
        read.map(({ tenant }) => tenant),
        read.map(({ contactKey }) => contactKey),
        read.map(({ locationId }) => locationId),
      ])
      return new Map(
        rows.map(({ key, lead_id, lead_created_at }) => [
          key,
          lead_id === null ? 'awaited' : { leadId: lead_id, leadCreatedAt: lead_created_at.toISOString() },
        ]),
      )
    },
    record: (facts, scoreOf) => transaction(pool, (client) => record(client, facts, scoreOf)),
    engagementOf: async (leadIds) => {
      if (leadIds.length === 0) return new Map()
      const { rows } = await pool.query<sql.HappeningRow>(sql.ENGAGEMENT, [leadIds])
      return new Map([...byLead(rows)].map(([leadId, happenings]) => [leadId, engagementIn(happenings)]))
    },
    waiting: createWaitingFacts(pool),
  }
}

/** The leads are locked first: of two routers the second folds over what the first has stored. */
async function record(client: PoolClient, facts: readonly LeadFact[], scoreOf: ScoreOf): Promise<Recorded> {
  const json = JSON.stringify(facts)
  const ids = sql.leadIds(facts)
  const { rows: leads } = await client.query<sql.LockedLead>(sql.LOCK_LEADS, ids)
  await client.query(sql.INSERT_FACTS, [json])
  const history = byLead((await client.query<sql.HappeningRow>(sql.HISTORY, ids)).rows)
  const changes = leads.map((row) => changeOf(row, history.get(row.leadId) ?? [], scoreOf))
  await client.query(sql.UPDATE_LEADS, [...ids, JSON.stringify(changes)])
  const touches = facts.filter(({ fact }) => isTouch(fact)).map((fact) => ({ ...fact, at: fact.occurredAt }))
  if (touches.length > 0) await client.query(TOUCH_SLA_TIMERS, [JSON.stringify(touches)])
  const ended = changes.filter(({ state }) => isEnded(state)).map(({ leadId }) => leadId)
  const all = changes.map(({ leadId }) => leadId)
  const { rows: closed } = await client.query<ClosedReservation>(sql.CLOSE_RESERVATIONS, [ended, all])
  const byOwner = facts.filter(({ leadId, occurredAt, locationId }) => {
    const owner = ownerAt(history.get(leadId) ?? [], occurredAt)
    return owner === null || owner === locationId
  })
  return { closed, byOwner }
}

function changeOf(row: sql.LockedLead, history: readonly Happening[], scoreOf: ScoreOf) {
  const standing = leadState(history)
  const facts = history.filter(({ fact }) => fact !== 'assigned')
  const { score, contributions } = scoreOf({ ...leadOfRow(row), person: row.latest ?? row.person }, engagementIn(facts))
  return {
    leadId: row.leadId,
    ...standing,
    touchedAt:
      facts
        .map(({ occurredAt }) => occurredAt)
        .sort()
        .at(-1) ?? null,
    score,
    contributions,
  }
}

const ENGAGING: ReadonlySet<string> = new Set(['replied', 'contacted', 'appointment'])

const engagementIn = (happenings: readonly Happening[]): Engagement =>
  happenings
    .filter(({ fact }) => ENGAGING.has(fact))
    .map(({ fact, occurredAt }) => ({ fact, at: occurredAt }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.fact < b.fact ? -1 : 1))

function byLead(rows: readonly sql.HappeningRow[]): Map<string, Happening[]> {
  const groups = [...groupBy(rows, (row) => row.lead_id)]
  return new Map(groups.map(([leadId, group]) => [leadId, group.map(toHappening)]))
}

const toHappening = ({ fact, occurred_at, location_id }: sql.HappeningRow): Happening => ({
  fact,
  occurredAt: occurred_at.toISOString(),
  locationId: location_id,
})
