import type { Decision } from '../../../contracts/decision.ts'
import type { Postgres } from '../../../kernel/postgres.ts'
import type { Holder } from '../steps/audience.ts'
import type { TakenNotice } from '../steps/notice.ts'
import { earlierNoticeId } from '../steps/plan-notices.ts'
import type { WithFacts } from '../steps/still-true.ts'
import type { NoticeFacts } from '../steps/tell-notice.ts'

export type FactReader = ReturnType<typeof createFactReader>

type DecisionId = Pick<Decision, 'leadId' | 'attempt' | 'leadCreatedAt'>

/** What Postgres knows beside the messages: who had a lead before, where it is now, and what everything is called. */
export function createFactReader(pool: Postgres) {
  return {
    decision: async ({ leadId, attempt, leadCreatedAt }: DecisionId): Promise<Decision | null> => {
      const { rows } = await pool.query<{ document: Decision }>(
        'SELECT document::json AS document FROM hexroute.decisions WHERE lead_id = $1 AND attempt = $2 AND lead_created_at = $3',
        [leadId, attempt, leadCreatedAt],
      )
      return rows[0]?.document ?? null
    },

    /** Who had the lead by the decision before. */
    holderBefore: async ({ leadId, attempt, leadCreatedAt }: Decision): Promise<Holder | null> => {
      if (attempt === 1) return null
      const { rows } = await pool.query<Holder>(
        `SELECT location_id AS "locationId", region_id AS "regionId", user_id AS "userId"
         FROM hexroute.decisions
         WHERE lead_id = $1 AND attempt = $2 AND lead_created_at = $3 AND outcome = 'assigned' AND location_id IS NOT NULL`,
        [leadId, attempt - 1, leadCreatedAt],
      )
      return rows[0] ?? null
    },

    regionOf: async (locationIds: readonly string[]): Promise<Map<string, string | null>> => {
      if (locationIds.length === 0) return new Map()
      const { rows } = await pool.query<{ id: string; regionId: string | null }>(
        'SELECT id, region_id AS "regionId" FROM hexroute.locations WHERE id = ANY ($1)',
        [locationIds],
      )
      return new Map(rows.map(({ id, regionId }) => [id, regionId]))
    },

    /** What the notices of one message say, read at the moment of telling. */
    factsOf: async (notices: readonly TakenNotice[]): Promise<WithFacts[]> => {
      const keys = notices.map(({ noticeId, tenant, event, subject, ...notice }) => {
        const earlierId = earlierNoticeId({ tenant, event, subject }, notice.channelId)
        return { noticeId, tenant, event, ...subject, earlierId }
      })
      const { rows } = await pool.query<NoticeFacts & { noticeId: string }>(FACTS, [JSON.stringify(keys)])
      const byId = new Map(rows.map(({ noticeId, ...facts }) => [noticeId, facts]))
      return notices.map((notice) => ({ notice, facts: byId.get(notice.noticeId)! }))
    },
  }
}

/** The contact is that of this attempt and location: of a lead that went elsewhere there is nothing to open. */
const FACTS = `
  SELECT n."noticeId", l.person AS "person", l.place ->> 'postalCode' AS "postalCode", l.attempt::integer AS "currentAttempt",
    d.contact_id AS "contactId", here.name AS "locationName", there.name AS "toLocationName", u.name AS "userName",
    coalesce(a.name, n.tenant) AS "agencyName",
    coalesce(n.event = 'lead.taken-away' AND earlier.state = 'superseded', false) AS "neverTold"
  FROM jsonb_to_recordset($1::jsonb) AS n("noticeId" uuid, tenant text, event text, "leadId" uuid, "leadCreatedAt" timestamptz,
    attempt smallint, "locationId" text, "userId" text, "toLocationId" text, "earlierId" uuid)
  LEFT JOIN hexroute.leads l ON l.lead_id = n."leadId" AND l.created_at = n."leadCreatedAt"
  LEFT JOIN hexroute.deliveries d ON d.lead_id = n."leadId" AND d.attempt = n.attempt AND d.location_id = n."locationId"
  LEFT JOIN hexroute.agencies a ON a.id = n.tenant
  LEFT JOIN hexroute.locations here ON here.id = n."locationId"
  LEFT JOIN hexroute.locations there ON there.id = n."toLocationId"
  LEFT JOIN hexroute.users u ON u.tenant = n.tenant AND u.location_id = n."locationId" AND u.id = n."userId"
  LEFT JOIN hexroute.notices earlier ON earlier.notice_id = n."earlierId"`
