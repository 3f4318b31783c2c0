import type { Decision } from '../../../contracts/decision.ts'
import { type Postgres, transaction } from '../../../kernel/postgres.ts'

export type LedgerState = 'started' | 'contact' | 'delivered' | 'failed'

export type LedgerEntry = {
  state: LedgerState
  contactId: string | null
  opportunityId: string | null
  errorCode: string | null
  /** This one included. More than 1: an earlier try may have written to GHL without our knowing. */
  tries: number
  /** When the row last changed; for a closed row, when the lead was delivered or given up. */
  updatedAt: Date
}

export type DeliveryLedger = ReturnType<typeof createDeliveryLedger>

const COLUMNS = `state, contact_id AS "contactId", opportunity_id AS "opportunityId", error_code AS "errorCode",
                 tries, updated_at AS "updatedAt"`

/** What was written to GHL for each lead and attempt: the truth that a retry, whoever makes it, goes by. */
export function createDeliveryLedger(pool: Postgres) {
  const change = async (sql: string, values: unknown[]): Promise<LedgerEntry> => {
    const { rows } = await pool.query<LedgerEntry>(sql, values)
    return rows[0]!
  }
  return {
    /** Opens the row, or counts one more try on it; a closed row comes back as it is. */
    open: ({ leadId, attempt, tenant, locationId }: Decision): Promise<LedgerEntry> =>
      change(
        `INSERT INTO hexroute.deliveries AS d (lead_id, attempt, tenant, location_id, state, tries)
         VALUES ($1, $2, $3, $4, 'started', 1)
         ON CONFLICT (lead_id, attempt) DO UPDATE SET
           tries = d.tries + CASE WHEN d.state IN ('started', 'contact') THEN 1 ELSE 0 END,
           updated_at = CASE WHEN d.state IN ('started', 'contact') THEN now() ELSE d.updated_at END
         RETURNING ${COLUMNS}`,
        [leadId, attempt, tenant, locationId],
      ),

    /** True while an earlier assignment of the same lead has not been delivered or given up: order per lead. */
    isEarlierAttemptOpen: async ({ leadId, attempt, leadCreatedAt }: Decision): Promise<boolean> => {
      const { rows } = await pool.query(
        `SELECT 1 FROM hexroute.decisions c LEFT JOIN hexroute.deliveries d USING (lead_id, attempt)
          WHERE c.lead_id = $1 AND c.lead_created_at = $3 AND c.attempt < $2 AND c.outcome = 'assigned'
            AND (d.state IS NULL OR d.state IN ('started', 'contact')) LIMIT 1`,
        [leadId, attempt, leadCreatedAt],
      )
      return rows.length > 0
    },

    /**
     * The contact is known: in the ledger and as a key of the lead, both or neither. One person can come as two leads and
     * is one contact then: the newer lead takes the key over, as what happens next is about it.
     */
    saveContact: (decision: Decision, contactId: string): Promise<void> =>
      transaction(pool, async (client) => {
        const { leadId, attempt, tenant, locationId, leadCreatedAt } = decision
        await client.query(
          `UPDATE hexroute.deliveries SET state = 'contact', contact_id = $3, updated_at = now()
            WHERE lead_id = $1 AND attempt = $2 AND state = 'started'`,
          [leadId, attempt, contactId],
        )
        await client.query(
          `INSERT INTO hexroute.lead_keys AS k (tenant, kind, key, lead_id, lead_created_at)
           VALUES ($1, 'contact', $2, $3, $4)
           ON CONFLICT (tenant, kind, key) DO UPDATE
             SET lead_id = excluded.lead_id, lead_created_at = excluded.lead_created_at
             WHERE k.lead_created_at < excluded.lead_created_at`,
          [tenant, `${locationId}/${contactId}`, leadId, leadCreatedAt],
        )
      }),

    saveDelivered: ({ leadId, attempt }: Decision, opportunityId: string): Promise<LedgerEntry> =>
      change(
        `UPDATE hexroute.deliveries
            SET state = 'delivered', opportunity_id = $3, error_code = NULL, error_detail = NULL, updated_at = now()
          WHERE lead_id = $1 AND attempt = $2 RETURNING ${COLUMNS}`,
        [leadId, attempt, opportunityId],
      ),

    saveFailed: ({ leadId, attempt }: Decision, code: string, detail: string): Promise<LedgerEntry> =>
      change(
        `UPDATE hexroute.deliveries SET state = 'failed', error_code = $3, error_detail = $4, updated_at = now()
          WHERE lead_id = $1 AND attempt = $2 RETURNING ${COLUMNS}`,
        [leadId, attempt, code, detail],
      ),

    /** Why the last try came to nothing; gives the number of tries so far. */
    noteFault: async ({ leadId, attempt }: Decision, code: string, detail: string): Promise<number> => {
      const { rows } = await pool.query<{ tries: number }>(
        `UPDATE hexroute.deliveries SET error_code = $3, error_detail = $4
          WHERE lead_id = $1 AND attempt = $2 AND state IN ('started', 'contact') RETURNING tries`,
        [leadId, attempt, code, detail],
      )
      return rows[0]?.tries ?? 1
    },
  }
}
