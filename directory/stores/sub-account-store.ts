import type { SubAccount } from '../../contracts/sub-account.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import type { Page } from './organisation-store.ts'

export type SubAccountCounts = {
  known: number
  installed: number
  intakes: number
  locations: number
  /** Told of by a webhook, which gives no name; GHL is still to be asked. */
  unread: number
}

export type SubAccountFilter = { search: string; show: 'all' | 'installed' | 'intake' | 'location' | 'unused' }

export type SubAccountStore = {
  /** Ordered by name and id, after the cursor. */
  list: (tenant: string, filter: SubAccountFilter, after: string, countMax: number) => Promise<Page<SubAccount>>
  find: (tenant: string, id: string) => Promise<SubAccount | null>
  counts: (tenant: string) => Promise<SubAccountCounts>
  /** Its leads come in from now on. False: another agency, or the ruleset, has its id. */
  useAsIntake: (tenant: string, place: { id: string; name: string; timeZone: string }) => Promise<boolean>
  /** Its leads come in no more; what came stays, so the row does too. */
  stopIntake: (tenant: string, id: string) => Promise<void>
}

export function createSubAccountStore(pool: Postgres): SubAccountStore {
  return {
    list: async (tenant, { search, show }, after, countMax) => {
      const [name, id] = readCursor(after)
      const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`
      const { rows } = await pool.query<Sorted>(
        `SELECT *, lower(s.name) AS "sortName" FROM (${SELECT}) AS s
          WHERE (s.name ILIKE $2 OR s.id ILIKE $2 OR s.city ILIKE $2)
            AND ($3 = 'all' OR ($3 = 'installed' AND s.installed) OR s.use = $3 OR ($3 = 'unused' AND s.use = 'none'))
            AND (lower(s.name), s.id) > ($4, $5)
          ORDER BY lower(s.name), s.id LIMIT $6`,
        [tenant, pattern, show, name, id, countMax + 1],
      )
      const items = rows.slice(0, countMax)
      const last = items.at(-1)
      return { items: items.map(unsorted), next: rows.length > countMax && last ? cursorOf(last) : null }
    },
    find: async (tenant, id) => {
      const { rows } = await pool.query<SubAccount>(`SELECT * FROM (${SELECT}) AS s WHERE s.id = $2`, [tenant, id])
      return rows[0] ?? null
    },
    counts: async (tenant) => {
      const { rows } = await pool.query<SubAccountCounts>(
        `SELECT count(*)::integer AS known, (count(*) FILTER (WHERE installed))::integer AS installed,
                (count(*) FILTER (WHERE use = 'intake'))::integer AS intakes,
                (count(*) FILTER (WHERE use = 'location'))::integer AS locations,
                (SELECT count(*)::integer FROM hexroute.sub_accounts WHERE tenant = $1 AND installed AND name IS NULL)
                  AS unread
           FROM (${SELECT}) AS s`,
        [tenant],
      )
      return rows[0]!
    },
    useAsIntake: async (tenant, { id, name, timeZone }) => {
      const { rowCount } = await pool.query(
        `INSERT INTO hexroute.locations (id, tenant, name, kind, status, time_zone)
         VALUES ($2, $1, $3, 'intake', 'active', $4)
         ON CONFLICT (id) DO UPDATE SET status = 'active', updated_at = now()
         WHERE locations.tenant = excluded.tenant AND locations.kind = 'intake'`,
        [tenant, id, name, timeZone],
      )
      return rowCount === 1
    },
    stopIntake: async (tenant, id) => {
      await pool.query(
        `UPDATE hexroute.locations SET status = 'inactive', updated_at = now()
          WHERE tenant = $1 AND id = $2 AND kind = 'intake'`,
        [tenant, id],
      )
    },
  }
}

const SELECT = `
  SELECT s.id, coalesce(s.name, l.name, s.id) AS name, nullif(concat_ws(', ', s.address, s.city, s.state, s.postal_code), '')
           AS address, s.city, coalesce(l.time_zone, s.time_zone) AS "timeZone", s.installed,
         CASE WHEN l.kind = 'intake' AND l.status <> 'inactive' THEN 'intake' WHEN l.kind = 'location' THEN 'location'
              ELSE 'none' END AS use
    FROM hexroute.sub_accounts s LEFT JOIN hexroute.locations l ON l.id = s.id AND l.tenant = s.tenant
   WHERE s.tenant = $1`

/** As the database lowers it: another lowering would skip or repeat rows at the end of a page. */
type Sorted = SubAccount & { sortName: string }

const unsorted = ({ sortName: _sortName, ...place }: Sorted): SubAccount => place

const cursorOf = ({ sortName, id }: Sorted): string => Buffer.from(JSON.stringify([sortName, id])).toString('base64url')

/** A cursor that nobody gave begins at the start. */
function readCursor(text: string): [string, string] {
  try {
    const [name, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    return typeof name === 'string' && typeof id === 'string' ? [name, id] : ['', '']
  } catch {
    return ['', '']
  }
}
