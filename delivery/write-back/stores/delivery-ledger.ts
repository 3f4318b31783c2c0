import type { Decision } from '../../../contracts/decision.ts'
import type { DeliveryState } from '../../../contracts/delivery.ts'
import { type Postgres, transaction } from '../../../kernel/postgres.ts'
import type { DeliverySteps } from '../steps/delivery-steps.ts'
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

/** A row at the beginning of a try, with what decides whether there will be one. */
export type OpenedEntry = LedgerEntry & {
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

/** What was written to GHL for each lead and attempt: the truth that a retry, whoever makes it, goes by. */
export function createDeliveryLedger(pool: Postgres) {
  const one = async <T = LedgerEntry>(sql: string, values: unknown[]): Promise<T> =>
    (await pool.query(sql, values)).rows[0] as T
  const close = (decision: Decision, state: DeliveryState, code: string | null, detail: string | null) =>
    one(
      `UPDATE hexroute.deliveries SET state = $3, error_code = $4, error_detail = $5, updated_at = now()
        WHERE lead_id = $1 AND attempt = $2 RETURNING ${COLUMNS}`,
      [decision.leadId, decision.attempt, state, code, detail?.slice(0, 500)],
    )
  return {
    /** Opens the row, or counts one more try on it; a closed row comes back as it is. */
    open: ({ leadId, attempt, tenant, leadCreatedAt }: Decision, locationId: string): Promise<OpenedEntry> =>
      one(OPEN_TRY, [leadId, attempt, tenant, locationId, leadCreatedAt]),

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
    saveContact: (decision: Decision, locationId: string, contactId: string, steps: DeliverySteps): Promise<void> =>
      transaction(pool, async (client) => {
        const { leadId, attempt, tenant, leadCreatedAt } = decision
        await client.query(
          `UPDATE hexroute.deliveries SET state = 'contact', contact_id = $3, steps = $4, updated_at = now()
            WHERE lead_id = $1 AND attempt = $2 AND state = 'started'`,
          [leadId, attempt, contactId, steps],
        )
        await client.query(SAVE_KEY, [tenant, `${locationId}/${contactId}`, leadId, leadCreatedAt])
      }),

    saveSteps: async ({ leadId, attempt }: Decision, steps: DeliverySteps, opportunityId?: string): Promise<void> => {
      await pool.query(
        `UPDATE hexroute.deliveries
            SET steps = $3, opportunity_id = coalesce($4, opportunity_id), updated_at = now()
          WHERE lead_id = $1 AND attempt = $2`,
        [leadId, attempt, steps, opportunityId],
      )
    },

    saveDelivered: ({ leadId, attempt }: Decision, steps: DeliverySteps): Promise<LedgerEntry> =>
      one(
        `UPDATE hexroute.deliveries
            SET state = 'delivered', steps = $3, error_code = NULL, error_detail = NULL, updated_at = now()
          WHERE lead_id = $1 AND attempt = $2 RETURNING ${COLUMNS}`,
        [leadId, attempt, steps],
      ),
    withdraw: (decision: Decision): Promise<LedgerEntry> => close(decision, 'withdrawn', null, null),
    saveFailed: (decision: Decision, code: string, detail: string): Promise<LedgerEntry> =>
      close(decision, 'failed', code, detail),

    /**
     * The location is out from now on, and this lead is not written: both or neither. Undefined, and only the first, when
     * the location has its opportunity already: it is theirs, and what lacks is written when they are back.
     */
    park: ({ leadId, attempt, tenant }: Decision, locationId: string, code: string, detail: string) =>
      one<LedgerEntry | undefined>(
        `${OPEN_OUTAGE}
         UPDATE hexroute.deliveries SET state = 'parked', error_code = $3, error_detail = $4, updated_at = now()
          WHERE lead_id = $5 AND attempt = $6 AND opportunity_id IS NULL RETURNING ${COLUMNS}`,
        [locationId, tenant, code, detail.slice(0, 500), leadId, attempt],
      ),

    /** Why the last try came to nothing; gives the number of tries so far. */
    noteFault: async ({ leadId, attempt }: Decision, code: string, detail: string): Promise<number> => {
      const entry = await one<{ tries: number } | undefined>(
        `UPDATE hexroute.deliveries SET error_code = $3, error_detail = $4, updated_at = now()
          WHERE lead_id = $1 AND attempt = $2 AND state IN ('started', 'contact') RETURNING tries`,
        [leadId, attempt, code, detail],
      )
      return entry?.tries ?? 1
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
