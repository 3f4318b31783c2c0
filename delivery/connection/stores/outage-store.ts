import type { Postgres } from '../../../kernel/postgres.ts'

/** Sub-accounts that the app is gone from: the router gives a location nothing while a row of it is open. */
export type OutageStore = {
  /** Makes the outages of this agency, or of one sub-account, fit what is stored of its installations. */
  settle: (tenant: string, locationId: string | null) => Promise<void>
}

const CODE = 'LOCATION_NOT_INSTALLED'

/** A sub-account with a token of its own is written to without the app, so it is not out when the app is gone from it. */
export const createOutageStore = (pool: Postgres): OutageStore => ({
  settle: async (tenant, locationId) => {
    await pool.query(OPEN, [tenant, locationId, CODE])
    await pool.query(END, [tenant, locationId, CODE])
  },
})

const OPEN = `
  INSERT INTO hexroute.location_outages (location_id, tenant, code, since)
  SELECT l.id, l.tenant, $3, s.changed_at
    FROM hexroute.sub_accounts s JOIN hexroute.locations l ON l.id = s.id AND l.tenant = s.tenant AND l.kind = 'location'
   WHERE s.tenant = $1 AND ($2::text IS NULL OR s.id = $2) AND NOT s.installed
     AND NOT EXISTS (SELECT 1 FROM hexroute.ghl_private_tokens p WHERE p.location_id = l.id)
  ON CONFLICT DO NOTHING`

const END = `
  UPDATE hexroute.location_outages o SET ended_at = now()
    FROM hexroute.sub_accounts s
   WHERE s.id = o.location_id AND o.tenant = $1 AND ($2::text IS NULL OR s.id = $2) AND s.installed
     AND o.code = $3 AND o.ended_at IS NULL`
