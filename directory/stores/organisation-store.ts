import type { Agency, Location, Region, Source } from '../../contracts/organisation.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import { sha256 } from './key-store.ts'

export type Page<T> = { items: T[]; next: string | null }

/** The part of the tree that a key sees: null is every tenant, an empty list does not narrow. */
export type Part = { tenant: string | null; regionIds: string[]; locationIds: string[] }

type StoredPlace = { id: string; tenant: string; regionId: string | null }

export type OrganisationStore = {
  /** False: another agency has the id. */
  putAgency: (agency: Agency) => Promise<boolean>
  putRegion: (region: Region) => Promise<boolean>
  putLocation: (location: Location) => Promise<boolean>
  putSource: (source: Source) => Promise<boolean>
  putGhlToken: (tenant: string, refreshTokenSealed: Uint8Array) => Promise<void>
  /** Ordered by id, after the cursor; `next` is null on the last page. */
  agencies: (tenant: string | null, after: string, countMax: number) => Promise<Page<Agency>>
  regions: (part: Part, after: string, countMax: number) => Promise<Page<Region>>
  locations: (part: Part, after: string, countMax: number) => Promise<Page<Location>>
  sources: (tenant: string | null, after: string, countMax: number) => Promise<Page<Omit<Source, 'secret'>>>
  /** The agency's id, when there is just one. */
  onlyTenant: () => Promise<string | null>
  location: (id: string) => Promise<StoredPlace | null>
  /** Where the source posts to at present; null when there is no such source. */
  locationOfSource: (id: string) => Promise<StoredPlace | null>
}

export function createOrganisationStore(pool: Postgres): OrganisationStore {
  return {
    putAgency: async ({ id, name }) => {
      const { rowCount } = await pool.query(
        'INSERT INTO hexroute.agencies (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = excluded.name',
        [id, name],
      )
      return rowCount === 1
    },
    putRegion: async ({ id, tenant, name }) => {
      const { rowCount } = await pool.query(
        `INSERT INTO hexroute.regions (id, tenant, name) VALUES ($1, $2, $3)
         ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name`,
        [id, tenant, name],
      )
      return rowCount === 1
    },
    putLocation: async (location) => {
      const { rowCount } = await pool.query(PUT_LOCATION, [
        location.id,
        location.tenant,
        location.regionId,
        location.name,
        location.kind,
        location.status,
        location.latitude,
        location.longitude,
        location.timeZone,
        location.weight,
      ])
      return rowCount === 1
    },
    putSource: async ({ id, tenant, name, locationId, secret }) => {
      const { rowCount } = await pool.query(
        `INSERT INTO hexroute.sources (id, tenant, name, location_id, secret_sha256) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, location_id = excluded.location_id,
           secret_sha256 = excluded.secret_sha256 WHERE sources.tenant = excluded.tenant`,
        [id, tenant, name, locationId, sha256(secret)],
      )
      return rowCount === 1
    },
    putGhlToken: async (tenant, refreshTokenSealed) => {
      await pool.query(
        `INSERT INTO hexroute.ghl_companies (tenant, refresh_token_sealed, connected_at) VALUES ($1, $2, now())
         ON CONFLICT (tenant) DO UPDATE SET refresh_token_sealed = excluded.refresh_token_sealed,
           access_token_sealed = NULL, expires_at = NULL, connected_at = now(), fault = NULL`,
        [tenant, refreshTokenSealed],
      )
    },
    agencies: (tenant, after, countMax) =>
      page(
        pool,
        'SELECT id, name FROM hexroute.agencies WHERE ($1::text IS NULL OR id = $1) AND id > $2 ORDER BY id LIMIT $3',
        [tenant, after],
        countMax,
      ),
    regions: ({ tenant, regionIds }, after, countMax) =>
      page(
        pool,
        `SELECT id, tenant, name FROM hexroute.regions
         WHERE ($1::text IS NULL OR tenant = $1) AND id > $2 AND (cardinality($3::text[]) = 0 OR id = ANY ($3))
         ORDER BY id LIMIT $4`,
        [tenant, after, regionIds],
        countMax,
      ),
    locations: ({ tenant, regionIds, locationIds }, after, countMax) =>
      page(pool, LIST_LOCATIONS, [tenant, after, regionIds, locationIds], countMax),
    sources: (tenant, after, countMax) =>
      page(
        pool,
        `SELECT id, tenant, name, location_id AS "locationId" FROM hexroute.sources
         WHERE ($1::text IS NULL OR tenant = $1) AND id > $2 ORDER BY id LIMIT $3`,
        [tenant, after],
        countMax,
      ),
    onlyTenant: async () => {
      const { rows } = await pool.query<{ id: string }>('SELECT id FROM hexroute.agencies LIMIT 2')
      return rows.length === 1 ? rows[0]!.id : null
    },
    location: async (id) => {
      const { rows } = await pool.query<StoredPlace>(
        'SELECT id, tenant, region_id AS "regionId" FROM hexroute.locations WHERE id = $1',
        [id],
      )
      return rows[0] ?? null
    },
    locationOfSource: async (id) => {
      const { rows } = await pool.query<StoredPlace>(
        `SELECT l.id, l.tenant, l.region_id AS "regionId" FROM hexroute.sources s
           JOIN hexroute.locations l ON l.id = s.location_id WHERE s.id = $1`,
        [id],
      )
      return rows[0] ?? null
    },
  }
}

/** The query's last parameter is the number of rows: one more than the page, to know whether there is another. */

async function page<T extends { id: string }>(
  pool: Postgres,
  sql: string,
  parameters: unknown[],
  countMax: number,
): Promise<Page<T>> {
  const { rows } = await pool.query<T>(sql, [...parameters, countMax + 1])
  const items = rows.slice(0, countMax)
  return { items, next: rows.length > countMax ? items.at(-1)!.id : null }
}

/** Whose a sub-account is, GHL says: nobody gets another's leads by declaring its id first. */
const PUT_LOCATION = `
  INSERT INTO hexroute.locations (id, tenant, region_id, name, kind, status, latitude, longitude, time_zone, weight)
  SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
  WHERE NOT EXISTS (SELECT 1 FROM hexroute.sub_accounts s WHERE s.id = $1 AND s.tenant <> $2)
  ON CONFLICT (id) DO UPDATE SET region_id = excluded.region_id, name = excluded.name, kind = excluded.kind,
    status = excluded.status, latitude = excluded.latitude, longitude = excluded.longitude, time_zone = excluded.time_zone,
    weight = excluded.weight, updated_at = now()
  WHERE locations.tenant = excluded.tenant`

const LIST_LOCATIONS = `
  SELECT id, tenant, region_id AS "regionId", name, kind, status, latitude, longitude, time_zone AS "timeZone", weight
  FROM hexroute.locations
  WHERE ($1::text IS NULL OR tenant = $1) AND id > $2 AND (cardinality($3::text[]) = 0 OR region_id = ANY ($3))
    AND (cardinality($4::text[]) = 0 OR id = ANY ($4))
  ORDER BY id LIMIT $5`
