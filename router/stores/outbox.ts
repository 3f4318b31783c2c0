import type { Decision } from '../../contracts/decision.ts'
import type { Postgres } from '../../kernel/postgres.ts'

export type Outbox = {
  /** Decisions written so long ago that their router must have died before it published them. */
  forgotten: (olderThanMs: number, countMax: number) => Promise<Decision[]>
  published: (decisions: readonly Decision[]) => Promise<void>
}

export function createOutbox(pool: Postgres): Outbox {
  return {
    forgotten: async (olderThanMs, countMax) => {
      const { rows } = await pool.query<{ document: Decision }>(
        `SELECT d.document::json AS document FROM hexroute.decision_outbox o
         JOIN hexroute.decisions d USING (lead_id, attempt, lead_created_at)
         WHERE o.written_at < now() - make_interval(secs => $1::double precision / 1000) ORDER BY o.written_at LIMIT $2`,
        [olderThanMs, countMax],
      )
      return rows.map(({ document }) => document)
    },
    published: async (decisions) => {
      if (decisions.length === 0) return
      await pool.query(
        `DELETE FROM hexroute.decision_outbox
         WHERE (lead_id, attempt) IN (SELECT * FROM unnest($1::uuid[], $2::smallint[]))`,
        [decisions.map(({ leadId }) => leadId), decisions.map(({ attempt }) => attempt)],
      )
    },
  }
}
