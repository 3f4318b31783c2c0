import type { PublishedRuleset } from '../../contracts/ruleset.ts'
import type { CompiledRuleset } from '../../decide/compile-ruleset.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { projectRuleset } from './project-ruleset.ts'

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
  /** One that GHL does not let anything be written to counts as paused. */
  locations: () => Promise<Map<string, KnownLocation>>
  /** `tenant/user` -> why he takes nothing; one who is active nowhere is not named for any of his locations. */
  absentUsers: () => Promise<Map<string, 'paused' | 'inactive'>>
  /** Writes territories, codes, cells, caps and calendars for SQL and maps; does nothing when they are there. */
  project: (published: PublishedRuleset, compiled: CompiledRuleset) => Promise<void>
}

const LOCATIONS = `
  SELECT l.id, l.tenant, l.kind, l.region_id,
    CASE WHEN l.status = 'active' AND o.location_id IS NOT NULL THEN 'paused' ELSE l.status END AS status
  FROM hexroute.locations l LEFT JOIN hexroute.location_outages o ON o.location_id = l.id AND o.ended_at IS NULL`

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
      }>(LOCATIONS)
      return new Map(
        rows.map(({ id, tenant, kind, region_id, status }) => [
          id,
          { tenant, intake: kind === 'intake', regionId: region_id, status },
        ]),
      )
    },
    absentUsers: async () => {
      const { rows } = await pool.query<{ tenant: string; id: string; status: 'paused' | 'inactive' }>(
        `SELECT tenant, id, min(status) AS status FROM hexroute.users GROUP BY tenant, id
         HAVING bool_and(status <> 'active')`,
      )
      return new Map(rows.map(({ tenant, id, status }) => [`${tenant}/${id}`, status]))
    },
    project: (published, { territories }) => projectRuleset(pool, published, territories),
  }
}
