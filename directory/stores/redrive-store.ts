import { type Postgres, transaction } from '../../kernel/postgres.ts'

export type Redriven = { times: number; askedAt: string; publishedAt: string | null }
export type RedriveAsk = {
  streamCreated: string
  seq: number
  tenant: string
  keyId: string | null
  isForced: boolean
  /** The row of the delivery ledger that has to be opened again. */
  delivery: { leadId: string; attempt: number } | null
}

export type RedriveStore = {
  of: (streamCreated: string, seqs: readonly number[]) => Promise<Map<number, Redriven>>
  /**
   * Notes the redrive and opens what says "closed", both or neither. @returns how many times now, counting from 1; the same
   * number again when the process died before it could publish; null when it was sent before and this is not forced.
   */
  begin: (ask: RedriveAsk) => Promise<number | null>
  published: (streamCreated: string, seq: number) => Promise<void>
}

const NOTE = `
  INSERT INTO hexroute.dead_letters_redriven AS r (stream_created, seq, tenant, key_id) VALUES ($1, $2, $3, $4)
  ON CONFLICT (stream_created, seq) DO UPDATE SET
    times = r.times + CASE WHEN r.published_at IS NULL THEN 0 ELSE 1 END,
    key_id = excluded.key_id, asked_at = now(), published_at = NULL
    WHERE r.published_at IS NULL OR $5
  RETURNING times`

/**
 * What was written stays known: the steps done, and the contact. The code says that nobody works on it yet: a later attempt
 * may end it, should this one never be published. Delivery clears it when it begins.
 */
const OPEN_DELIVERY = `
  UPDATE hexroute.deliveries SET state = CASE WHEN contact_id IS NULL THEN 'started' ELSE 'contact' END,
    error_code = 'REDRIVEN', error_detail = NULL, updated_at = now()
  WHERE lead_id = $1 AND attempt = $2 AND tenant = $3 AND state = 'failed'`

type Row = { seq: number; times: number; askedAt: Date; publishedAt: Date | null }

/** Which dead letters were sent to their stage again. */
export const createRedriveStore = (pool: Postgres): RedriveStore => ({
  of: async (streamCreated, seqs) => {
    const { rows } = await pool.query<Row>(
      `SELECT seq::float8 AS seq, times, asked_at AS "askedAt", published_at AS "publishedAt"
         FROM hexroute.dead_letters_redriven WHERE stream_created = $1 AND seq = ANY($2::bigint[])`,
      [streamCreated, seqs],
    )
    return new Map(
      rows.map(({ seq, times, askedAt, publishedAt }) => [
        seq,
        { times, askedAt: askedAt.toISOString(), publishedAt: publishedAt?.toISOString() ?? null },
      ]),
    )
  },
  begin: ({ streamCreated, seq, tenant, keyId, isForced, delivery }) =>
    transaction(pool, async (client) => {
      const { rows } = await client.query<{ times: number }>(NOTE, [streamCreated, seq, tenant, keyId, isForced])
      const times = rows[0]?.times ?? null
      if (times !== null && delivery) await client.query(OPEN_DELIVERY, [delivery.leadId, delivery.attempt, tenant])
      return times
    }),
  published: async (streamCreated, seq) => {
    await pool.query(
      'UPDATE hexroute.dead_letters_redriven SET published_at = now() WHERE stream_created = $1 AND seq = $2',
      [streamCreated, seq],
    )
  },
})
