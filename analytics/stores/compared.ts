import type { Postgres } from '../../kernel/postgres.ts'
import type { Compared } from '../steps/unaccounted.ts'

type Row = { until: Date | null; missing: number; failing: number }

/** What delivery noted of comparing with GHL. A run that goes on in the next hour has not failed. */
export async function readCompared(postgres: Postgres, tenant: string | null): Promise<Compared> {
  const { rows } = await postgres.query<Row>(
    `SELECT min(seen_until) AS until, coalesce(sum(missing), 0)::int AS missing,
            count(*) FILTER (WHERE fault <> 'MORE_TO_COME')::int AS failing
       FROM hexroute.reconcile_marks WHERE $1::text IS NULL OR tenant = $1`,
    [tenant],
  )
  const { until, missing, failing } = rows[0]!
  return { until: until?.toISOString() ?? null, missingInGhl: missing, failing }
}
