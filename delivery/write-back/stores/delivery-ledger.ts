import type { Decision } from '../../../contracts/decision.ts'
import type { DeliveryState } from '../../../contracts/delivery.ts'
import { type Postgres, transaction } from '../../../kernel/postgres.ts'
import type { DeliverySteps } from '../steps/delivery-steps.ts'
import { LeaseLost } from '../steps/lease-lost.ts'
import { END_EARLIER, IS_EARLIER_OPEN, OPEN_OUTAGE, OPEN_TRY, SAVE_KEY } from './ledger-sql.ts'

export type LedgerState = 'started' | 'contact' | DeliveryState

export type LedgerEntry = {
  state: LedgerState
  contactId: string | null
  opportunityId: string | null
  steps: DeliverySteps
  errorCode: string | null
  /** This one included. More than 1: an earlier try may have written to GHL without our knowing. */
  tries: number
  /** When the row last changed; for a closed row, when the lead was delivered or given up. */
  updatedAt: Date
}

/** The try that has a lead, as every save says. */
export type Holder = { decision: Decision; lease: { id: string } }

/** A row at the beginning of a try, with what decides whether there will be one. */
export type OpenedEntry = LedgerEntry & {
  /** This try has the lead. */
  isOurs: boolean
  /** How long whoever has it may keep it at most without renewing. */
  leaseLeftMs: number
  /** Milliseconds since a try before this one saved something or noted its fault; null: there was none. */
  sinceLastMs: number | null
  /** The lead was decided again since. */
  isSuperseded: boolean
  /** Why the location is out at present; null: it is not. */
  outageCode: string | null
  /** What an earlier assignment of the same lead to the same location left there; null: there was none. */
  earlier: { contactId: string | null; opportunityId: string | null; workflow: string | null } | null
}

export type DeliveryLedger = ReturnType<typeof createDeliveryLedger>

const COLUMNS = `state, contact_id AS "contactId", opportunity_id AS "opportunityId", steps, error_code AS "errorCode",
                 tries, updated_at AS "updatedAt"`

/** Of an open row, and only for the try that has it. */
const IS_HELD = `lead_id = $1 AND attempt = $2 AND lease_id = $3 AND state IN ('started', 'contact')`
const RELEASED = 'lease_id = NULL, lease_until = NULL, updated_at = now()'

/**
 * What was written to GHL for each lead and attempt: the truth that a retry, whoever makes it, goes by. Each open row belongs
 * to one try at a time, for `leaseMs`; saves of a try that lost it change nothing. @throws LeaseLost
 */
export function createDeliveryLedger(pool: Postgres, leaseMs: number) {
  const held = async <T = LedgerEntry>({ decision, lease }: Holder, sql: string, more: unknown[]): Promise<T> => {
    const { rows } = await pool.query(sql, [decision.leadId, decision.attempt, lease.id, ...more])
    if (rows.length === 0) throw new LeaseLost(decision.leadId)
    return rows[0] as T
  }
  const close = (holder: Holder, state: DeliveryState, code: string | null, detail: string | null) =>
    held(
      holder,
      `UPDATE hexroute.deliveries SET state = $4, error_code = $5, error_detail = $6, ${RELEASED}
        WHERE ${IS_HELD} RETURNING ${COLUMNS}`,
      [state, code, detail?.slice(0, 500)],
    )
  return {
    /** Opens the row, or counts one more try on it; one that is closed, or another's, comes back as it is. */
    open: async ({ decision, lease }: Holder, locationId: string): Promise<OpenedEntry> => {
      const { leadId, attempt, tenant, leadCreatedAt } = decision
      const values = [leadId, attempt, tenant, locationId, leadCreatedAt, lease.id, leaseMs]
      return (await pool.query(OPEN_TRY, values)).rows[0] as OpenedEntry
    },

    /** False: another try has the lead. What follows may write to GHL, and the row says when. */
    renew: async ({ leadId, attempt }: Decision, leaseId: string): Promise<boolean> => {
      const { rowCount } = await pool.query(
        `UPDATE hexroute.deliveries SET lease_until = clock_timestamp() + $4 * interval '1 ms', updated_at = now()
          WHERE ${IS_HELD}`,
        [leadId, attempt, leaseId, leaseMs],
      )
      return rowCount === 1
    },

    /** Nothing was written, and whoever comes next may begin at once. */
    release: async ({ decision, lease }: Holder): Promise<void> => {
      await pool.query(`UPDATE hexroute.deliveries SET lease_id = NULL, lease_until = NULL WHERE ${IS_HELD}`, [
        decision.leadId,
        decision.attempt,
        lease.id,
      ])
    },

    /**
     * Order per lead: earlier assignments that nobody works on at this moment end here, unwritten. False while one is
     * being written, or was when its process died: its own message ends it.
     */
    endEarlier: async ({ leadId, attempt, leadCreatedAt }: Decision): Promise<boolean> => {
      await pool.query(END_EARLIER, [leadId, attempt, leadCreatedAt])
      return (await pool.query(IS_EARLIER_OPEN, [leadId, attempt])).rows.length === 0
    },

    /**
     * The contact is known: in the ledger and as a key of the lead, both or neither. One person can come as two leads and
     * is one contact then: the newer lead takes the key over, as what happens next is about it.
     */
    saveContact: (holder: Holder, locationId: string, contactId: string, steps: DeliverySteps): Promise<void> =>
      transaction(pool, async (client) => {
        const { leadId, attempt, tenant, leadCreatedAt } = holder.decision
        const { rowCount } = await client.query(
          `UPDATE hexroute.deliveries SET state = 'contact', contact_id = $4, steps = $5, updated_at = now()
            WHERE ${IS_HELD}`,
          [leadId, attempt, holder.lease.id, contactId, steps],
        )
        if (rowCount === 0) throw new LeaseLost(leadId)
        await client.query(SAVE_KEY, [tenant, `${locationId}/${contactId}`, leadId, leadCreatedAt])
      }),

    saveSteps: async (holder: Holder, steps: DeliverySteps, opportunityId?: string): Promise<void> => {
      await held(
        holder,
        `UPDATE hexroute.deliveries
            SET steps = $4, opportunity_id = coalesce($5, opportunity_id), updated_at = now()
          WHERE ${IS_HELD} RETURNING lead_id`,
        [steps, opportunityId],
      )
    },

    saveDelivered: (holder: Holder, steps: DeliverySteps): Promise<LedgerEntry> =>
      held(
        holder,
        `UPDATE hexroute.deliveries
            SET state = 'delivered', steps = $4, error_code = NULL, error_detail = NULL, ${RELEASED}
          WHERE ${IS_HELD} RETURNING ${COLUMNS}`,
        [steps],
      ),
    withdraw: (holder: Holder): Promise<LedgerEntry> => close(holder, 'withdrawn', null, null),
    saveFailed: (holder: Holder, code: string, detail: string): Promise<LedgerEntry> =>
      close(holder, 'failed', code, detail),

    /**
     * The location is out from now on, and this lead is not written: both or neither. Undefined, and only the first, when
     * the location has its opportunity already: it is theirs, and what lacks is written when they are back.
     */
    park: async ({ decision, lease }: Holder, locationId: string, code: string, detail: string) => {
      const { leadId, attempt, tenant } = decision
      const { rows } = await pool.query(
        `${OPEN_OUTAGE}
         UPDATE hexroute.deliveries SET state = 'parked', error_code = $3, error_detail = $4, ${RELEASED}
          WHERE lead_id = $5 AND attempt = $6 AND lease_id = $7 AND state IN ('started', 'contact')
            AND opportunity_id IS NULL RETURNING ${COLUMNS}`,
        [locationId, tenant, code, detail.slice(0, 500), leadId, attempt, lease.id],
      )
      return rows[0] as LedgerEntry | undefined
    },

    /** Why this try came to nothing; gives the number of tries so far, and lets the next one begin. */
    noteFault: async (holder: Holder, code: string, detail: string): Promise<number> => {
      const { tries } = await held<{ tries: number }>(
        holder,
        `UPDATE hexroute.deliveries SET error_code = $4, error_detail = $5, ${RELEASED}
          WHERE ${IS_HELD} RETURNING tries`,
        [code, detail],
      )
      return tries
    },

    /** Those of these opportunities that were made for other leads. */
    opportunitiesOfOthers: async (
      { leadId }: Decision,
      contactId: string,
      locationId: string,
      opportunityIds: readonly string[],
    ): Promise<Set<string>> => {
      const { rows } = await pool.query<{ id: string }>(
        `SELECT opportunity_id AS id FROM hexroute.deliveries
          WHERE location_id = $1 AND contact_id = $2 AND opportunity_id = ANY($3) AND lead_id <> $4`,
        [locationId, contactId, opportunityIds, leadId],
      )
      return new Set(rows.map(({ id }) => id))
    },
  }
}
