import { randomUUID } from 'node:crypto'
import type { RulesetDocument, RulesetLocation } from '../../contracts/ruleset.ts'
import { type Postgres, transaction } from '../../kernel/postgres.ts'

export type Draft = { id: string; tenant: string; state: string; document: RulesetDocument }

export type RulesetStore = {
  createDraft: (document: RulesetDocument) => Promise<string>
  find: (id: string) => Promise<Draft | null>
  /** The tenant's locations as a ruleset keeps them, ordered by id. */
  locations: (tenant: string) => Promise<RulesetLocation[]>
  /** Makes this the tenant's one published ruleset. @returns false when it is no draft any more. */
  publish: (draft: Draft, locations: RulesetLocation[], hash: string) => Promise<boolean>
}

export function createRulesetStore(pool: Postgres): RulesetStore {
  return {
    createDraft: async (document) => {
      const id = randomUUID()
      await pool.query(`INSERT INTO hexroute.rulesets (id, tenant, state, document) VALUES ($1, $2, 'draft', $3)`, [
        id,
        document.tenant,
        JSON.stringify(document),
      ])
      return id
    },
    find: async (id) => {
      const { rows } = await pool.query<Draft>(
        'SELECT id, tenant, state, document FROM hexroute.rulesets WHERE id = $1',
        [id],
      )
      return rows[0] ?? null
    },
    locations: async (tenant) => {
      const { rows } = await pool.query<RulesetLocation>(
        `SELECT id, region_id AS "regionId", name, latitude, longitude, time_zone AS "timeZone", weight
         FROM hexroute.locations WHERE tenant = $1 AND kind = 'location' ORDER BY id`,
        [tenant],
      )
      return rows
    },
    publish: ({ id, tenant }, locations, hash) =>
      transaction(pool, async (client) => {
        // Two publishers of one tenant come one after the other.
        await client.query('SELECT 1 FROM hexroute.agencies WHERE id = $1 FOR UPDATE', [tenant])
        await client.query(`UPDATE hexroute.rulesets SET state = 'retired' WHERE tenant = $1 AND state = 'published'`, [
          tenant,
        ])
        const { rowCount } = await client.query(
          `UPDATE hexroute.rulesets SET state = 'published', locations = $2, users = '[]', hash = $3, published_at = now()
           WHERE id = $1 AND state = 'draft'`,
          [id, JSON.stringify(locations), hash],
        )
        if (rowCount !== 1) throw new NotADraft()
        return true
      }).catch((error: unknown) => {
        if (error instanceof NotADraft) return false
        throw error
      }),
  }
}

class NotADraft extends Error {}
