import type { Postgres } from '../../../kernel/postgres.ts'
import type { SubAccountFacts } from '../steps/to-sub-account.ts'

/** A sub-account after a webhook about it was stored. */
export type StoredInstall = { tenant: string | null; installed: boolean; isNamed: boolean }

export type SubAccountStore = ReturnType<typeof createSubAccountStore>

/** Which sub-accounts agencies have. Each row knows of which instant it is true, so news may come late, twice, in any order. */
export function createSubAccountStore(pool: Postgres) {
  return {
    /** @returns how the sub-account is now, which a late webhook does not change. */
    saveInstall: async (id: string, tenant: string | null, installed: boolean, at: string): Promise<StoredInstall> => {
      const { rows } = await pool.query<StoredInstall>(SAVE_INSTALL, [id, tenant, installed, at])
      return rows[0]!
    },

    /** The agency as a whole has thrown the app out. */
    saveAllUninstalled: (tenant: string, at: string): Promise<unknown> =>
      pool.query(
        `UPDATE hexroute.sub_accounts SET installed = false, changed_at = $2 WHERE tenant = $1 AND changed_at < $2`,
        [tenant, at],
      ),

    /** What GHL listed, as of `at`. A webhook that is newer stays. */
    saveRead: (tenant: string, places: SubAccountFacts[], at: Date): Promise<unknown> =>
      pool.query(SAVE_READ, [tenant, JSON.stringify(places), at]),

    /** After a whole reading: what was not in it is gone from GHL. */
    forgetUnread: (tenant: string, at: Date): Promise<unknown> =>
      pool.query(
        `UPDATE hexroute.sub_accounts SET installed = false, changed_at = $2, read_at = NULL
          WHERE tenant = $1 AND changed_at < $2 AND coalesce(read_at, '-infinity') < $2 AND installed`,
        [tenant, at],
      ),

    counts: async (tenant: string): Promise<{ known: number; installed: number }> => {
      const { rows } = await pool.query<{ known: number; installed: number }>(
        `SELECT count(*)::integer AS known, (count(*) FILTER (WHERE installed))::integer AS installed
           FROM hexroute.sub_accounts WHERE tenant = $1`,
        [tenant],
      )
      return rows[0]!
    },
  }
}

/**
 * Two webhooks of one instant that contradict each other: uninstalled, whichever comes first. Whose location it is counts
 * only while nobody else said whose sub-account it is: anybody may have declared it.
 */
const SAVE_INSTALL = `
  INSERT INTO hexroute.sub_accounts AS s (id, tenant, installed, changed_at)
  VALUES ($1, (SELECT id FROM hexroute.agencies WHERE id = coalesce($2, (SELECT tenant FROM hexroute.locations WHERE id = $1))),
          $3, $4)
  ON CONFLICT (id) DO UPDATE SET
    tenant = CASE WHEN excluded.changed_at >= s.changed_at THEN coalesce((SELECT id FROM hexroute.agencies WHERE id = $2), s.tenant, excluded.tenant)
                  ELSE coalesce(s.tenant, excluded.tenant) END,
    installed = CASE WHEN excluded.changed_at > s.changed_at THEN excluded.installed
                     WHEN excluded.changed_at = s.changed_at THEN s.installed AND excluded.installed
                     ELSE s.installed END,
    changed_at = greatest(s.changed_at, excluded.changed_at)
  RETURNING s.tenant, s.installed, s.name IS NOT NULL AS "isNamed"`

/** An intake that was switched on before had its id for a name; a name that people gave stays. */
const SAVE_READ = `
  WITH read AS (
    INSERT INTO hexroute.sub_accounts AS s
      (id, tenant, name, address, city, state, country, postal_code, time_zone, installed, changed_at, read_at)
    SELECT r.id, $1, r.name, r.address, r.city, r.state, r.country, r."postalCode", r."timeZone", r.installed, $3, $3
      FROM jsonb_to_recordset($2) AS r (id text, name text, address text, city text, state text, country text,
                                        "postalCode" text, "timeZone" text, installed boolean)
    ON CONFLICT (id) DO UPDATE SET
      tenant = excluded.tenant, name = excluded.name, address = excluded.address, city = excluded.city,
      state = excluded.state, country = excluded.country, postal_code = excluded.postal_code,
      time_zone = coalesce(excluded.time_zone, s.time_zone), read_at = excluded.read_at,
      installed = CASE WHEN excluded.changed_at > s.changed_at THEN excluded.installed ELSE s.installed END,
      changed_at = greatest(s.changed_at, excluded.changed_at)
    RETURNING s.id, s.name
  )
  UPDATE hexroute.locations l SET name = read.name, updated_at = now() FROM read
   WHERE l.id = read.id AND l.tenant = $1 AND l.kind = 'intake' AND l.name = l.id AND read.name <> l.id`
