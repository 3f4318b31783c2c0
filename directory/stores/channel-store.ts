import type { NoticeChannel } from '../../contracts/notice.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import type { Page, Part } from './organisation-store.ts'

/** With why it was switched off by itself, if it was. */
export type StoredChannel = NoticeChannel & { fault: string | null }

export type ChannelStore = {
  /** The sealed secret is kept only where a webhook channel has none yet. @returns whether it was */
  put: (channel: NoticeChannel, secretSealed: Uint8Array) => Promise<{ tookSecret: boolean }>
  find: (tenant: string, id: string) => Promise<StoredChannel | null>
  delete: (tenant: string, id: string) => Promise<boolean>
  /** What a key of this part may see, ordered by agency and id, after the cursor `tenant/id`. */
  list: (part: Part, after: string, countMax: number) => Promise<Page<StoredChannel>>
}

export function createChannelStore(pool: Postgres): ChannelStore {
  return {
    put: async (channel, secretSealed) => {
      const { tenant, id, scope, scopeId, kind, target, events, digestMinutes, quietHours, timeZone, enabled } = channel
      const { rows } = await pool.query<{ tookSecret: boolean }>(PUT, [
        ...[tenant, id, scope, scopeId, kind, target, events, digestMinutes],
        ...[quietHours?.from ?? null, quietHours?.to ?? null, timeZone, enabled, secretSealed],
      ])
      return rows[0]!
    },
    find: async (tenant, id) => {
      const { rows } = await pool.query<Row>(`${SELECT} WHERE c.tenant = $1 AND c.id = $2`, [tenant, id])
      return rows[0] ? toChannel(rows[0]) : null
    },
    delete: async (tenant, id) => {
      const { rowCount } = await pool.query('DELETE FROM hexroute.notice_channels WHERE tenant = $1 AND id = $2', [
        tenant,
        id,
      ])
      return rowCount === 1
    },
    list: async ({ tenant, regionIds, locationIds }, after, countMax) => {
      const [afterTenant = '', afterId = ''] = after.split('/')
      const { rows } = await pool.query<Row>(LIST, [tenant, regionIds, locationIds, afterTenant, afterId, countMax + 1])
      const items = rows.slice(0, countMax).map(toChannel)
      const last = items.at(-1)
      return { items, next: rows.length > countMax && last ? `${last.tenant}/${last.id}` : null }
    },
  }
}

type Row = Omit<StoredChannel, 'quietHours'> & { quietFrom: string | null; quietTo: string | null }

function toChannel({ quietFrom, quietTo, ...row }: Row): StoredChannel {
  return { ...row, quietHours: quietFrom !== null && quietTo !== null ? { from: quietFrom, to: quietTo } : null }
}

const SELECT = `
  SELECT c.id, c.tenant, c.scope, c.scope_id AS "scopeId", c.kind, c.target, c.events, c.digest_minutes AS "digestMinutes",
    c.quiet_from AS "quietFrom", c.quiet_to AS "quietTo", c.time_zone AS "timeZone", c.enabled, c.fault
  FROM hexroute.notice_channels c`

const PUT = `
  INSERT INTO hexroute.notice_channels AS c (tenant, id, scope, scope_id, kind, target, events, digest_minutes, quiet_from,
    quiet_to, time_zone, enabled, secret_sealed)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, CASE WHEN $5 = 'webhook' THEN $13::bytea END)
  ON CONFLICT (tenant, id) DO UPDATE SET scope = excluded.scope, scope_id = excluded.scope_id, kind = excluded.kind,
    target = excluded.target, events = excluded.events, digest_minutes = excluded.digest_minutes,
    quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, time_zone = excluded.time_zone,
    enabled = excluded.enabled, fault = NULL, updated_at = now(),
    secret_sealed = CASE WHEN excluded.kind = 'webhook' THEN coalesce(c.secret_sealed, excluded.secret_sealed) END
  RETURNING coalesce(secret_sealed = $13::bytea, false) AS "tookSecret"`

/** A user is in a key's part when all locations are where he works; a channel of an agency in that of a key without limits. */
const LIST = `
  WITH reached AS (
    SELECT id, tenant FROM hexroute.locations
    WHERE ($1::text IS NULL OR tenant = $1) AND (cardinality($2::text[]) = 0 OR region_id = ANY ($2))
      AND (cardinality($3::text[]) = 0 OR id = ANY ($3))
  )
  ${SELECT}
  WHERE ($1::text IS NULL OR c.tenant = $1) AND (c.tenant, c.id) > ($4, $5) AND (
    (cardinality($2::text[]) = 0 AND cardinality($3::text[]) = 0) OR CASE c.scope
      WHEN 'region' THEN cardinality($3::text[]) = 0 AND c.scope_id = ANY ($2)
      WHEN 'location' THEN c.scope_id IN (SELECT id FROM reached)
      WHEN 'user' THEN EXISTS (SELECT 1 FROM hexroute.users u WHERE u.tenant = c.tenant AND u.id = c.scope_id)
        AND NOT EXISTS (SELECT 1 FROM hexroute.users u WHERE u.tenant = c.tenant AND u.id = c.scope_id
          AND u.location_id NOT IN (SELECT id FROM reached))
      ELSE false END)
  ORDER BY c.tenant, c.id LIMIT $6`
