import type pg from 'pg'
import { type Postgres, transaction } from '../../kernel/postgres.ts'
import type { RulesetFacts, StoredRuleset } from './ruleset-store.ts'

export type Due = { id: string; tenant: string }

/** Every change of what a tenant's routers run. Each is one transaction; of two at once, one finds itself late. */
export type RulesetPublication = {
  /**
   * Makes it the tenant's one published ruleset, with these facts.
   * @returns false when its document, state or instant is another than `ruleset` says.
   */
  publish: (ruleset: StoredRuleset, facts: RulesetFacts, hash: string) => Promise<boolean>
  /** A draft or a scheduled one waits for its instant. @returns false when it is neither. */
  schedule: (id: string, at: string) => Promise<boolean>
  /** Back to draft. @returns false when it is not scheduled. */
  unschedule: (id: string) => Promise<boolean>
  /** Scheduled ones whose instant has come, earliest first. */
  due: (now: string) => Promise<Due[]>
  /**
   * A retired ruleset runs again as it was, byte for byte: the named one, or the one that ran last.
   * @returns null when there is none.
   */
  rollback: (tenant: string, hash: string | null) => Promise<{ id: string; hash: string } | null>
}

export function createRulesetPublication(pool: Postgres): RulesetPublication {
  return {
    publish: ({ id, tenant, state, publishAt, document }, { locations, users }, hash) =>
      transaction(pool, async (client) => {
        await lockTenant(client, tenant)
        const same = await client.query(
          `SELECT 1 FROM hexroute.rulesets
           WHERE id = $1 AND state = $2 AND date_trunc('milliseconds', publish_at) IS NOT DISTINCT FROM $3 AND document = $4 FOR UPDATE`,
          [id, state, publishAt, JSON.stringify(document)],
        )
        if (same.rowCount !== 1) return false
        await retire(client, tenant)
        await client.query(
          `UPDATE hexroute.rulesets SET state = 'published', locations = $2, users = $3, hash = $4, publish_at = NULL,
             published_at = now() WHERE id = $1`,
          [id, JSON.stringify(locations), JSON.stringify(users), hash],
        )
        return true
      }),
    schedule: async (id, at) => {
      const { rowCount } = await pool.query(
        `UPDATE hexroute.rulesets SET state = 'scheduled', publish_at = $2 WHERE id = $1 AND state IN ('draft', 'scheduled')`,
        [id, at],
      )
      return rowCount === 1
    },
    unschedule: async (id) => {
      const { rowCount } = await pool.query(
        `UPDATE hexroute.rulesets SET state = 'draft', publish_at = NULL WHERE id = $1 AND state = 'scheduled'`,
        [id],
      )
      return rowCount === 1
    },
    due: async (now) => {
      const { rows } = await pool.query<Due>(
        `SELECT id, tenant FROM hexroute.rulesets WHERE state = 'scheduled' AND publish_at <= $1 ORDER BY publish_at, id`,
        [now],
      )
      return rows
    },
    rollback: (tenant, hash) =>
      transaction(pool, async (client) => {
        await lockTenant(client, tenant)
        const { rows } = await client.query<{ id: string; hash: string }>(
          `SELECT id, hash FROM hexroute.rulesets WHERE tenant = $1 AND state = 'retired' AND ($2::text IS NULL OR hash = $2)
           ORDER BY published_at DESC, id DESC LIMIT 1`,
          [tenant, hash],
        )
        const [chosen] = rows
        if (!chosen) return null
        await retire(client, tenant)
        await client.query(`UPDATE hexroute.rulesets SET state = 'published', published_at = now() WHERE id = $1`, [
          chosen.id,
        ])
        return chosen
      }),
  }
}

/** Publishers of one tenant come one after the other; whoever only refers to the agency does not wait. */
const lockTenant = (client: pg.PoolClient, tenant: string): Promise<unknown> =>
  client.query('SELECT 1 FROM hexroute.agencies WHERE id = $1 FOR NO KEY UPDATE', [tenant])

const retire = (client: pg.PoolClient, tenant: string): Promise<unknown> =>
  client.query(`UPDATE hexroute.rulesets SET state = 'retired' WHERE tenant = $1 AND state = 'published'`, [tenant])
