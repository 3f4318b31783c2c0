import type { Decision } from '../../contracts/decision.ts'
import type { Lead } from '../../decide/lead.ts'
import { type Postgres, transaction } from '../../kernel/postgres.ts'
import { commitRouted } from './commit-routed.ts'
import { type Prepared, prepared } from './prepared.ts'
import type { Committed, Routed } from './routed.ts'

export type LeadStore = {
  /** The ids of those of these leads whose attempt, or a later one, is decided already. */
  known: (leads: readonly Lead[]) => Promise<Set<string>>
  /** The stored decisions of these attempts, as published. */
  decisions: (leads: readonly Pick<Lead, 'leadId' | 'attempt'>[]) => Promise<Decision[]>
  /**
   * Writes leads, decisions, reservations and all that follows from them in one transaction. A lead that another router
   * committed first is left out. @throws StaleEpoch
   */
  commit: (routed: readonly Routed[]) => Promise<Committed>
}

export function createLeadStore(pool: Postgres): LeadStore {
  return {
    known: async (leads) => {
      const first = leads.filter(({ attempt }) => attempt === 1)
      const again = leads.filter(({ attempt }) => attempt > 1)
      const [byKey, byAttempt] = await Promise.all([
        first.length === 0
          ? []
          : ids(pool, KNOWN_BY_KEY, [first.map(({ tenant }) => tenant), first.map(({ key }) => key)]),
        again.length === 0
          ? []
          : ids(pool, KNOWN_BY_ATTEMPT, [
              again.map(({ leadId }) => leadId),
              again.map(({ createdAt }) => createdAt),
              again.map(({ attempt }) => attempt),
            ]),
      ])
      return new Set([...byKey, ...byAttempt])
    },
    decisions: async (leads) => {
      if (leads.length === 0) return []
      const { rows } = await pool.query<{ document: Decision }>(
        `SELECT document::json AS document FROM hexroute.decisions
         WHERE (lead_id, attempt) IN (SELECT * FROM unnest($1::uuid[], $2::smallint[]))`,
        [leads.map(({ leadId }) => leadId), leads.map(({ attempt }) => attempt)],
      )
      return rows.map(({ document }) => document)
    },
    commit: async (routed) =>
      routed.length === 0
        ? { written: new Set(), givenUp: [] }
        : transaction(pool, (client) => commitRouted(client, routed)),
  }
}

async function ids(pool: Postgres, statement: Prepared, values: unknown[]): Promise<string[]> {
  const { rows } = await pool.query<{ lead_id: string }>({ ...statement, values })
  return rows.map((row) => row.lead_id)
}

/** LIMIT keeps the planner at the key's index, however it was planned. */
const KNOWN_BY_KEY = prepared(`
  SELECT k.lead_id FROM unnest($1::text[], $2::text[]) AS a(tenant, key)
  CROSS JOIN LATERAL (
    SELECT lead_id FROM hexroute.lead_keys WHERE tenant = a.tenant AND kind = 'lead' AND key = a.key LIMIT 1) k`)

const KNOWN_BY_ATTEMPT = prepared(`
  SELECT r.lead_id FROM unnest($1::uuid[], $2::timestamptz[], $3::smallint[]) AS r(lead_id, created_at, attempt)
  CROSS JOIN LATERAL (
    SELECT attempt FROM hexroute.leads WHERE lead_id = r.lead_id AND created_at = r.created_at LIMIT 1) l
  WHERE l.attempt >= r.attempt`)
