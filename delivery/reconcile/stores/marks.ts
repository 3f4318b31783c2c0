import type { Postgres } from '../../../kernel/postgres.ts'
import type { SearchMark } from '../../ghl/steps/ghl-bodies.ts'

export const subjects = ['contacts', 'opportunities'] as const
export type Subject = (typeof subjects)[number]
export type Mark = {
  locationId: string
  subject: Subject
  seenUntilMs: number
  /** The last run was full: GHL's search goes on after this. */
  searchAfter?: SearchMark
}
/** What became of the comparison of one sub-account. `missing`: our leads that GHL does not have any more. */
export type MarkResult = { seen: number; takenIn: number; missing: number; fault: string | null }

type MarkRow = Pick<Mark, 'locationId' | 'subject'> & { seenUntil: Date; searchAfter: SearchMark | null }

export type Marks = ReturnType<typeof createMarks>

/**
 * A sub-account takes part while it can be asked: active, its agency connected (or with a token of its own), and not
 * out. An agency whose tokens cannot be renewed is connected until the last one ends. One that was just declared begins now, so that contacts of earlier years are no leads.
 */
const TAKING_PART = `
  SELECT l.id, l.tenant, CASE l.kind WHEN 'intake' THEN 'contacts' ELSE 'opportunities' END AS subject
  FROM hexroute.locations l
  WHERE l.status <> 'inactive'
    AND NOT EXISTS (SELECT 1 FROM hexroute.location_outages o WHERE o.location_id = l.id AND o.ended_at IS NULL)
    AND (EXISTS (SELECT 1 FROM hexroute.ghl_companies c
                 WHERE c.tenant = l.tenant AND c.refresh_token_sealed IS NOT NULL
                   AND (c.fault IS NULL OR (c.fault = 'GHL_RECONNECT' AND c.expires_at > now())))
      OR EXISTS (SELECT 1 FROM hexroute.ghl_private_tokens p WHERE p.location_id = l.id))`

const BEGIN = `
  INSERT INTO hexroute.reconcile_marks (location_id, tenant, subject, seen_until, ran_at)
  SELECT id, tenant, subject, $1, $1 FROM (${TAKING_PART}) AS part
  WHERE NOT EXISTS (SELECT 1 FROM hexroute.reconcile_marks m WHERE m.location_id = id AND m.subject = part.subject)
  ON CONFLICT DO NOTHING`

/** $1: tenants whose last comparison began before this instant. */
const DUE = `
  SELECT DISTINCT m.tenant FROM hexroute.reconcile_marks m
  JOIN (${TAKING_PART}) AS part ON part.id = m.location_id AND part.subject = m.subject
  WHERE m.ran_at <= $1`

const OF_TENANT = `
  SELECT m.location_id AS "locationId", m.subject, m.seen_until AS "seenUntil", m.go_on_at AS "searchAfter"
  FROM hexroute.reconcile_marks m
  JOIN (${TAKING_PART}) AS part ON part.id = m.location_id AND part.subject = m.subject
  WHERE m.tenant = $1 ORDER BY m.subject, m.seen_until, m.location_id`

/** Never back: what is looked at again lies before the mark. */
const ADVANCE = `
  UPDATE hexroute.reconcile_marks SET seen_until = greatest(seen_until, $3) WHERE location_id = $1 AND subject = $2`

/** A place to go on at that GHL does not take any more is forgotten: the next run begins at the mark. */
const NOTE = `
  UPDATE hexroute.reconcile_marks SET ran_at = $3, seen = $4, taken_in = $5, missing = $6, fault = $7,
    go_on_at = CASE WHEN $7 = 'GHL_REFUSED' THEN NULL ELSE go_on_at END
  WHERE location_id = $1 AND subject = $2`

const OLDEST = `
  SELECT min(m.seen_until) AS oldest FROM hexroute.reconcile_marks m
  JOIN (${TAKING_PART}) AS part ON part.id = m.location_id AND part.subject = m.subject`

/** Until when each sub-account was compared with GHL. */
export function createMarks(pool: Postgres) {
  return {
    begin: async (nowMs: number): Promise<void> => {
      await pool.query(BEGIN, [new Date(nowMs)])
    },
    due: async (beforeMs: number): Promise<string[]> => {
      const { rows } = await pool.query<{ tenant: string }>(DUE, [new Date(beforeMs)])
      return rows.map(({ tenant }) => tenant)
    },
    of: async (tenant: string): Promise<Mark[]> => {
      const { rows } = await pool.query<MarkRow>(OF_TENANT, [tenant])
      return rows.map(({ seenUntil, searchAfter, ...row }) => ({
        ...{ ...row, seenUntilMs: seenUntil.getTime() },
        ...(searchAfter && { searchAfter }),
      }))
    },
    advance: async ({ locationId, subject }: Mark, seenUntilMs: number): Promise<void> => {
      await pool.query(ADVANCE, [locationId, subject, new Date(seenUntilMs)])
    },
    goOnAt: async ({ locationId, subject }: Mark, searchAfter: SearchMark | null): Promise<void> => {
      await pool.query('UPDATE hexroute.reconcile_marks SET go_on_at = $3 WHERE location_id = $1 AND subject = $2', [
        ...[locationId, subject, searchAfter && JSON.stringify(searchAfter)],
      ])
    },
    note: async ({ locationId, subject }: Mark, result: MarkResult, nowMs: number): Promise<void> => {
      const { seen, takenIn, missing, fault } = result
      await pool.query(NOTE, [locationId, subject, new Date(nowMs), seen, takenIn, missing, fault])
    },
    oldestMs: async (): Promise<number | null> => {
      const { rows } = await pool.query<{ oldest: Date | null }>(OLDEST)
      return rows[0]?.oldest?.getTime() ?? null
    },
  }
}
