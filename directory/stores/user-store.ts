import type { User } from '../../contracts/organisation.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import type { Page, Part } from './organisation-store.ts'

export type UserStore = {
  /** False: the agency has no such location. */
  put: (user: User) => Promise<boolean>
  /** A user's entries, one for each of his locations. */
  find: (part: Part, id: string) => Promise<User[]>
  delete: (user: Pick<User, 'tenant' | 'id' | 'locationId'>) => Promise<void>
  /** Ordered by location and id, after the cursor `location/id`. */
  list: (part: Part, locationId: string | null, after: string, countMax: number) => Promise<Page<User>>
}

export function createUserStore(pool: Postgres): UserStore {
  return {
    put: async (user) => {
      const { rowCount } = await pool.query(PUT, [
        ...[user.tenant, user.id, user.locationId, user.name, user.status, user.weight, user.calendarId],
        ...[user.skills, user.languages, JSON.stringify(user.leave)],
      ])
      return rowCount === 1
    },
    find: async ({ tenant, regionIds, locationIds }, id) => {
      const { rows } = await pool.query<User>(`${SELECT} AND u.id = $4 ORDER BY u.location_id`, [
        tenant,
        regionIds,
        locationIds,
        id,
      ])
      return rows
    },
    delete: async ({ tenant, id, locationId }) => {
      await pool.query('DELETE FROM hexroute.users WHERE tenant = $1 AND id = $2 AND location_id = $3', [
        ...[tenant, id, locationId],
      ])
    },
    list: async ({ tenant, regionIds, locationIds }, locationId, after, countMax) => {
      const [afterLocation = '', afterId = ''] = after.split('/')
      const { rows } = await pool.query<User>(
        `${SELECT} AND ($4::text IS NULL OR u.location_id = $4) AND (u.location_id, u.id) > ($5, $6)
         ORDER BY u.location_id, u.id LIMIT $7`,
        [tenant, regionIds, locationIds, locationId, afterLocation, afterId, countMax + 1],
      )
      const items = rows.slice(0, countMax)
      const last = items.at(-1)
      return { items, next: rows.length > countMax && last ? `${last.locationId}/${last.id}` : null }
    },
  }
}

const PUT = `
  INSERT INTO hexroute.users (tenant, id, location_id, name, status, weight, calendar_id, skills, languages, leave)
  SELECT $1, $2, id, $4, $5, $6, $7, $8, $9, $10 FROM hexroute.locations WHERE id = $3 AND tenant = $1
  ON CONFLICT (tenant, location_id, id) DO UPDATE SET name = excluded.name, status = excluded.status,
    weight = excluded.weight, calendar_id = excluded.calendar_id, skills = excluded.skills,
    languages = excluded.languages, leave = excluded.leave, updated_at = now()`

const SELECT = `
  SELECT u.id, u.tenant, u.location_id AS "locationId", u.name, u.status, u.weight, u.calendar_id AS "calendarId", u.skills,
    u.languages, u.leave
  FROM hexroute.users u JOIN hexroute.locations l ON l.id = u.location_id
  WHERE ($1::text IS NULL OR u.tenant = $1) AND (cardinality($2::text[]) = 0 OR l.region_id = ANY ($2))
    AND (cardinality($3::text[]) = 0 OR l.id = ANY ($3))`
