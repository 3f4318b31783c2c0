import type { PublishedRuleset } from '../../contracts/ruleset.ts'
import type { CompiledRuleset } from '../../decide/compile-ruleset.ts'
import type { Postgres } from '../../kernel/postgres.ts'

export type KnownLocation = {
  tenant: string
  intake: boolean
  regionId: string | null
  status: 'active' | 'paused' | 'inactive'
}

export type RulesetStore = {
  /** Tenant -> hash of the published ruleset. */
  publishedHashes: () => Promise<Map<string, string>>
  load: (tenant: string, hash: string) => Promise<PublishedRuleset | null>
  locations: () => Promise<Map<string, KnownLocation>>
  /** Writes the ruleset's territories, cells and caps for SQL and maps; does nothing when they are there. */
  project: (published: PublishedRuleset, compiled: CompiledRuleset) => Promise<void>
}

export function createRulesetStore(pool: Postgres): RulesetStore {
  return {
    publishedHashes: async () => {
      const { rows } = await pool.query<{ tenant: string; hash: string }>(
        `SELECT tenant, hash FROM hexroute.rulesets WHERE state = 'published'`,
      )
      return new Map(rows.map((row) => [row.tenant, row.hash]))
    },
    load: async (tenant, hash) => {
      const { rows } = await pool.query<PublishedRuleset>(
        'SELECT hash, document, locations, users FROM hexroute.rulesets WHERE tenant = $1 AND hash = $2 LIMIT 1',
        [tenant, hash],
      )
      return rows[0] ?? null
    },
    locations: async () => {
      const { rows } = await pool.query<{
        id: string
        tenant: string
        kind: string
        region_id: string | null
        status: KnownLocation['status']
      }>('SELECT id, tenant, kind, region_id, status FROM hexroute.locations')
      return new Map(
        rows.map(({ id, tenant, kind, region_id, status }) => [
          id,
          { tenant, intake: kind === 'intake', regionId: region_id, status },
        ]),
      )
    },
    project: (published, compiled) => project(pool, published, compiled),
  }
}

async function project(
  pool: Postgres,
  { hash, document }: PublishedRuleset,
  { territories: { cells } }: CompiledRuleset,
): Promise<void> {
  const covered = [...cells].flatMap(([cell, entries]) =>
    entries.map(({ territory, boundary }) => ({
      cell: BigInt(`0x${cell}`).toString(),
      territory: territory.id,
      boundary,
    })),
  )
  await pool.query(
    `INSERT INTO hexroute.territories (ruleset_hash, id, tenant, location_id, kind, exclusive)
     SELECT $1, id, $2, "locationId", kind, exclusive
     FROM jsonb_to_recordset($3) AS r(id text, "locationId" text, kind text, exclusive boolean) ON CONFLICT DO NOTHING`,
    [
      hash,
      document.tenant,
      JSON.stringify(
        document.territories.map(({ id, locationId, kind, exclusive }) => ({ id, locationId, kind, exclusive })),
      ),
    ],
  )
  await pool.query(
    `INSERT INTO hexroute.territory_cells (ruleset_hash, cell, territory_id, boundary)
     SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::boolean[]) ON CONFLICT DO NOTHING`,
    [hash, covered.map((row) => row.cell), covered.map((row) => row.territory), covered.map((row) => row.boundary)],
  )
  await pool.query(
    `INSERT INTO hexroute.caps (ruleset_hash, ordinal, tenant, location_id, metric, time_window, limit_count)
     SELECT $1, ordinal, $2, "locationId", metric, "window", "limit"
     FROM jsonb_to_recordset($3) AS r(ordinal integer, "locationId" text, metric text, "window" text, "limit" bigint) ON CONFLICT DO NOTHING`,
    [hash, document.tenant, JSON.stringify(document.caps.map((cap, ordinal) => ({ ...cap, ordinal })))],
  )
}
