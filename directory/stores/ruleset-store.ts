import { uuidv7 } from 'uuidv7'
import type { PublishedRuleset, RulesetDocument, RulesetLocation, RulesetUser } from '../../contracts/ruleset.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import type { Page } from './organisation-store.ts'

export const rulesetStates = ['draft', 'scheduled', 'published', 'retired'] as const
export type RulesetState = (typeof rulesetStates)[number]

/** A ruleset without its document. Times are ISO 8601. */
export type RulesetSummary = {
  id: string
  tenant: string
  name: string | null
  state: RulesetState
  hash: string | null
  createdAt: string
  publishAt: string | null
  publishedAt: string | null
}
export type StoredRuleset = RulesetSummary & {
  document: RulesetDocument
  locations: RulesetLocation[] | null
  users: RulesetUser[] | null
}
/** Of the organisation, what a ruleset keeps when it is published. */
export type RulesetFacts = Pick<PublishedRuleset, 'locations' | 'users'>

export type RulesetStore = {
  createDraft: (document: RulesetDocument, name: string | null, by: string | null) => Promise<string>
  /** False: it is no draft (any more). */
  replaceDraft: (id: string, document: RulesetDocument, name: string | null) => Promise<boolean>
  deleteDraft: (id: string) => Promise<boolean>
  find: (id: string) => Promise<StoredRuleset | null>
  published: (tenant: string) => Promise<StoredRuleset | null>
  /** Newest first, before the cursor. */
  list: (
    tenant: string | null,
    state: RulesetState | null,
    before: string,
    countMax: number,
  ) => Promise<Page<RulesetSummary>>
  /** The tenant's locations and users as they are now, ordered. */
  facts: (tenant: string) => Promise<RulesetFacts>
}

const SUMMARY = `id, tenant, name, state, hash, created_at AS "createdAt", publish_at AS "publishAt", published_at AS "publishedAt"`

export function createRulesetStore(pool: Postgres): RulesetStore {
  return {
    createDraft: async (document, name, by) => {
      const id = uuidv7()
      await pool.query(
        `INSERT INTO hexroute.rulesets (id, tenant, state, document, name, created_by) VALUES ($1, $2, 'draft', $3, $4, $5)`,
        [id, document.tenant, JSON.stringify(document), name, by],
      )
      return id
    },
    replaceDraft: async (id, document, name) => {
      const { rowCount } = await pool.query(
        `UPDATE hexroute.rulesets SET document = $2, name = coalesce($3, name) WHERE id = $1 AND state = 'draft'`,
        [id, JSON.stringify(document), name],
      )
      return rowCount === 1
    },
    deleteDraft: async (id) => {
      const { rowCount } = await pool.query(`DELETE FROM hexroute.rulesets WHERE id = $1 AND state = 'draft'`, [id])
      return rowCount === 1
    },
    find: async (id) => {
      const { rows } = await pool.query<StoredRuleset>(
        `SELECT ${SUMMARY}, document, locations, users FROM hexroute.rulesets WHERE id = $1`,
        [id],
      )
      return rows[0] ?? null
    },
    published: async (tenant) => {
      const { rows } = await pool.query<StoredRuleset>(
        `SELECT ${SUMMARY}, document, locations, users FROM hexroute.rulesets WHERE tenant = $1 AND state = 'published'`,
        [tenant],
      )
      return rows[0] ?? null
    },
    list: async (tenant, state, before, countMax) => {
      const { rows } = await pool.query<RulesetSummary>(
        `SELECT ${SUMMARY} FROM hexroute.rulesets
         WHERE ($1::text IS NULL OR tenant = $1) AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR id < $3)
         ORDER BY id DESC LIMIT $4`,
        [tenant, state, before === '' ? null : before, countMax + 1],
      )
      const items = rows.slice(0, countMax)
      return { items, next: rows.length > countMax ? items.at(-1)!.id : null }
    },
    facts: async (tenant) => {
      const [locations, users] = await Promise.all([
        pool.query<RulesetLocation>(LOCATIONS, [tenant]),
        pool.query<RulesetUser>(USERS, [tenant]),
      ])
      return { locations: locations.rows, users: users.rows }
    },
  }
}

const LOCATIONS = `
  SELECT id, region_id AS "regionId", name, latitude, longitude, time_zone AS "timeZone", weight
  FROM hexroute.locations WHERE tenant = $1 AND kind = 'location' ORDER BY id`

const USERS = `
  SELECT id, location_id AS "locationId", name, weight, calendar_id AS "calendarId", skills, languages, leave
  FROM hexroute.users WHERE tenant = $1 ORDER BY location_id, id`
