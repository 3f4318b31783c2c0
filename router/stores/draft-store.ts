import type { PublishedRuleset, RulesetDocument, RulesetLocation, RulesetUser } from '../../contracts/ruleset.ts'
import type { Postgres } from '../../kernel/postgres.ts'

/** A ruleset of any state, completed with today's organisation when it has none of its own yet; null: no such one. */
export async function readRulesetById(pool: Postgres, tenant: string, id: string): Promise<PublishedRuleset | null> {
  const { rows } = await pool.query<{
    hash: string | null
    document: RulesetDocument
    locations: RulesetLocation[] | null
    users: RulesetUser[] | null
  }>('SELECT hash, document, locations, users FROM hexroute.rulesets WHERE id = $1 AND tenant = $2', [id, tenant])
  const found = rows[0]
  if (!found) return null
  const { document } = found
  if (found.hash && found.locations) {
    return { hash: found.hash, document, locations: found.locations, users: found.users ?? [] }
  }
  const [locations, users] = await Promise.all([readLocations(pool, tenant), readUsers(pool, tenant)])
  return { hash: `draft:${id}`, document, locations, users }
}

async function readLocations(pool: Postgres, tenant: string): Promise<RulesetLocation[]> {
  const { rows } = await pool.query<RulesetLocation>(
    `SELECT id, region_id AS "regionId", name, latitude, longitude, time_zone AS "timeZone", weight
     FROM hexroute.locations WHERE tenant = $1 AND kind = 'location' ORDER BY id`,
    [tenant],
  )
  return rows
}

async function readUsers(pool: Postgres, tenant: string): Promise<RulesetUser[]> {
  const { rows } = await pool.query<RulesetUser>(
    `SELECT id, location_id AS "locationId", name, weight, calendar_id AS "calendarId", skills, languages, leave
     FROM hexroute.users WHERE tenant = $1 ORDER BY location_id, id`,
    [tenant],
  )
  return rows
}
