import type { Postgres } from '../../../kernel/postgres.ts'
import type { PlannedNotice, TakenNotice } from '../steps/notice.ts'
import type { Settlement } from '../steps/settle-send.ts'

export type NoticeStore = ReturnType<typeof createNoticeStore>

type Sweep = { repeated: number; unknown: number; givenUp: number; lagMs: number }

/** How many notices one message holds at most. */
const GROUP_ROWS_MAX = 200
/** Due notices among which a sender looks for a channel that nobody takes of at this moment. */
const LOOKED_AT_MAX = 1_000
/** Messages of one channel under way at once, over all processes: a slow receiver holds up only its own. */
const CHANNEL_MESSAGES_MAX = 4

/** Why the sweep settled a notice. */
const whys = {
  /** The process ended while the message left, by a channel that could tell it twice. */
  unknown: { code: 'NOTICE_UNKNOWN' },
  late: { code: 'NOTICE_TOO_LATE' },
  off: { code: 'NOTICE_CHANNEL_OFF' },
}

/** Notices in Postgres, from planned to told. Times come from the caller's clock. */
export function createNoticeStore(pool: Postgres) {
  return {
    /** Those that are there already stay as they are. @returns how many are new */
    plan: async (notices: readonly PlannedNotice[], nowMs: number): Promise<number> => {
      if (notices.length === 0) return 0
      const rows = notices.map(({ dueAtMs, ...notice }) => ({ ...notice, dueAt: new Date(dueAtMs).toISOString() }))
      const { rowCount } = await pool.query(PLAN, [JSON.stringify(rows), new Date(nowMs)])
      return rowCount ?? 0
    },

    /** The notices of the next due message, marked as being sent until the lease ends; none when nothing is due. */
    take: async (nowMs: number, leaseMs: number): Promise<TakenNotice[]> => {
      const { rows } = await pool.query<TakenNotice>(TAKE, [
        new Date(nowMs),
        new Date(nowMs + leaseMs),
        GROUP_ROWS_MAX,
        CHANNEL_MESSAGES_MAX,
        LOOKED_AT_MAX,
      ])
      return rows
    },

    /** From now on they may have left. @returns those that no other sender has let leave meanwhile, as this one was late */
    leaving: async <T extends { notice: TakenNotice }>(some: readonly T[], nowMs: number): Promise<T[]> => {
      const ids = some.map(({ notice }) => notice.noticeId)
      const { rows } = await pool.query<{ id: string }>(LEAVING, [ids, new Date(nowMs)])
      const mine = new Set(rows.map(({ id }) => id))
      return some.filter(({ notice }) => mine.has(notice.noticeId))
    },

    settle: async (notices: readonly TakenNotice[], settlement: Settlement, nowMs: number): Promise<void> => {
      const ids = notices.map(({ noticeId }) => noticeId)
      if (settlement.state === 'due') {
        const dueAt = new Date(nowMs + settlement.afterMs)
        await pool.query(AGAIN, [ids, dueAt, settlement.error, notices[0]?.tenant, notices[0]?.channelId])
      } else {
        const error = settlement.state === 'sent' ? null : settlement.error
        await pool.query(SETTLE, [ids, settlement.state, error, new Date(nowMs)])
      }
    },

    supersede: async (notices: readonly TakenNotice[], nowMs: number): Promise<void> => {
      const ids = notices.map(({ noticeId }) => noticeId)
      if (ids.length > 0) await pool.query(SETTLE, [ids, 'superseded', null, new Date(nowMs)])
    },

    /** Not yet, and not counted as a try. */
    putOff: async (notices: readonly TakenNotice[], untilMs: number): Promise<void> => {
      await pool.query(PUT_OFF, [notices.map(({ noticeId }) => noticeId), new Date(untilMs)])
    },

    /** Settles what no sender will: leases that ran out, channels that are gone or off, and what is days late. */
    sweep: async (nowMs: number): Promise<Sweep> => {
      const now = new Date(nowMs)
      const repeated = await pool.query(REPEAT, [now])
      const unknown = await pool.query(UNKNOWN, [now, whys.unknown.code])
      const givenUp = await pool.query(GIVE_UP, [now, whys.late.code, whys.off.code])
      const { rows } = await pool.query<{ dueAt: Date | null }>(OLDEST_DUE, [now])
      const lagMs = rows[0]?.dueAt ? nowMs - rows[0].dueAt.getTime() : 0
      return {
        repeated: repeated.rowCount ?? 0,
        unknown: unknown.rowCount ?? 0,
        givenUp: givenUp.rowCount ?? 0,
        lagMs,
      }
    },

    /** Ends the memory of what was told: long after any message of JetStream that could plan it again. */
    forget: async (nowMs: number): Promise<void> => {
      await pool.query("DELETE FROM hexroute.notices WHERE settled_at < $1::timestamptz - interval '30 days'", [
        new Date(nowMs),
      ])
    },
  }
}

const PLAN = `
  INSERT INTO hexroute.notices (notice_id, tenant, channel_id, event, subject, due_at, grouped, created_at)
  SELECT "noticeId", tenant, "channelId", event, subject, "dueAt", "isGrouped", $2
  FROM jsonb_to_recordset($1::jsonb) AS n("noticeId" uuid, tenant text, "channelId" text, event text, subject jsonb,
    "dueAt" timestamptz, "isGrouped" boolean)
  ON CONFLICT (notice_id) DO NOTHING`

/**
 * One message: the oldest due notice whose channel is free, with all that belong to it. Only one sender at a time takes of a
 * channel, so that two never cut one digest in two; who comes second looks at the next channel. Row locks cannot do that:
 * those of a join stay on rows that were passed over.
 */
const TAKE = `
  WITH busy AS (
    SELECT tenant, channel_id FROM hexroute.notices WHERE state = 'sending' AND leased_until > $1
    GROUP BY tenant, channel_id HAVING count(DISTINCT message_id) >= $4
  ), due AS MATERIALIZED (
    SELECT n.notice_id, n.tenant, n.channel_id, n.grouped, n.message_id
    FROM hexroute.notices n
    JOIN hexroute.notice_channels c ON c.tenant = n.tenant AND c.id = n.channel_id AND c.enabled
    WHERE n.state = 'due' AND n.due_at <= $1
      AND NOT EXISTS (SELECT 1 FROM busy b WHERE b.tenant = n.tenant AND b.channel_id = n.channel_id)
    ORDER BY n.due_at, n.created_at LIMIT $5
  ), first AS MATERIALIZED (
    SELECT * FROM due WHERE pg_try_advisory_xact_lock(hashtextextended('notices ' || tenant || ' ' || channel_id, 0)) LIMIT 1
  ), chosen AS (
    SELECT n.notice_id, f.notice_id AS message_id
    FROM first f JOIN hexroute.notices n ON n.tenant = f.tenant AND n.channel_id = f.channel_id
    WHERE n.state = 'due' AND n.due_at <= $1 AND CASE
      WHEN f.message_id IS NOT NULL THEN n.message_id = f.message_id
      WHEN f.grouped THEN n.grouped AND n.message_id IS NULL
      ELSE n.notice_id = f.notice_id END
    ORDER BY n.due_at, n.created_at LIMIT $3 FOR UPDATE OF n SKIP LOCKED
  )
  UPDATE hexroute.notices n
  SET state = 'sending', leased_until = $2, leaving_at = NULL, tries = n.tries + 1, message_id = coalesce(n.message_id, chosen.message_id)
  FROM chosen WHERE n.notice_id = chosen.notice_id
  RETURNING n.notice_id AS "noticeId", n.tenant, n.channel_id AS "channelId", n.event, n.subject, n.grouped AS "isGrouped",
    n.message_id AS "messageId", n.tries, (extract(epoch FROM n.created_at) * 1000)::float8 AS "createdAtMs"`

const LEAVING = `
  UPDATE hexroute.notices SET leaving_at = $2
  WHERE notice_id = ANY ($1::uuid[]) AND state = 'sending' AND leaving_at IS NULL RETURNING notice_id AS id`

/** A lease that ran out meanwhile does not take away what is known now. */
const SETTLE = `
  UPDATE hexroute.notices SET state = $2, error = $3, settled_at = $4, leased_until = NULL
  WHERE notice_id = ANY ($1::uuid[]) AND state IN ('sending', 'unknown', 'due')`

/**
 * What a channel of one receiver did not take now it will not take sooner from the next notice: all of it waits. Where each
 * location or user is another receiver, the others do not. Locked in one order, as four messages of a channel may fail at once.
 */
const AGAIN = `
  WITH waiting AS (
    SELECT notice_id FROM hexroute.notices
    WHERE (notice_id = ANY ($1::uuid[]) AND state = 'sending')
      OR (tenant = $4 AND channel_id = $5 AND state = 'due' AND NOT EXISTS (
        SELECT 1 FROM hexroute.notice_channels c
        WHERE c.tenant = $4 AND c.id = $5 AND c.kind IN ('assigned-user', 'ghl-message')))
    ORDER BY notice_id FOR UPDATE
  )
  UPDATE hexroute.notices n SET state = 'due', leased_until = NULL, due_at = greatest(due_at, $2),
    error = CASE WHEN n.notice_id = ANY ($1::uuid[]) THEN $3 ELSE error END
  FROM waiting WHERE n.notice_id = waiting.notice_id`

const PUT_OFF = `
  UPDATE hexroute.notices SET state = 'due', leased_until = NULL, message_id = NULL, tries = tries - 1, due_at = $2
  WHERE notice_id = ANY ($1::uuid[]) AND state = 'sending'`

const IS_WEBHOOK = `EXISTS (
  SELECT 1 FROM hexroute.notice_channels c WHERE c.tenant = n.tenant AND c.id = n.channel_id AND c.kind = 'webhook')`

/** What never came to leaving was no try: the fault was on our side. */
const REPEAT = `
  UPDATE hexroute.notices n SET state = 'due', leased_until = NULL,
    tries = tries - CASE WHEN leaving_at IS NULL THEN 1 ELSE 0 END
  WHERE n.state = 'sending' AND n.leased_until <= $1 AND (n.leaving_at IS NULL OR ${IS_WEBHOOK})`

const UNKNOWN = `
  UPDATE hexroute.notices n SET state = 'unknown', leased_until = NULL, settled_at = $1, error = $2
  WHERE n.state = 'sending' AND n.leased_until <= $1 AND n.leaving_at IS NOT NULL AND NOT ${IS_WEBHOOK}`

const GIVE_UP = `
  UPDATE hexroute.notices n SET state = 'failed', settled_at = $1,
    error = coalesce(n.error, CASE WHEN n.created_at < $1::timestamptz - interval '5 days' THEN $2 ELSE $3 END)
  WHERE n.state = 'due' AND (n.created_at < $1::timestamptz - interval '5 days'
    OR NOT EXISTS (SELECT 1 FROM hexroute.notice_channels c WHERE c.tenant = n.tenant AND c.id = n.channel_id AND c.enabled))`

const OLDEST_DUE = 'SELECT min(due_at) AS "dueAt" FROM hexroute.notices WHERE state = \'due\' AND due_at <= $1'
