import type { NoticeChannel } from '../../../contracts/notice.ts'
import type { Postgres } from '../../../kernel/postgres.ts'
import type { Channel, Heard } from '../steps/notice.ts'

export type ChannelReader = ReturnType<typeof createChannelReader>

/** With the time of its last change: it is not told of what was before. */
export type ListedChannel = NoticeChannel & { updatedAt: Date }

type ScopeKey = Pick<Heard, 'tenant' | 'scope' | 'scopeId'>

/** The channels in Postgres: who is told, and by what. */
export function createChannelReader(pool: Postgres) {
  return {
    /** Enabled channels of these scopes. */
    ofScopes: async (keys: readonly ScopeKey[]): Promise<ListedChannel[]> => {
      if (keys.length === 0) return []
      const { rows } = await pool.query<Row & Pick<ListedChannel, 'updatedAt'>>(
        `${SELECT} JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::text[], $3::text[]) AS k (tenant, scope, scope_id)) k
           USING (tenant, scope, scope_id)
         WHERE c.enabled`,
        [keys.map(({ tenant }) => tenant), keys.map(({ scope }) => scope), keys.map(({ scopeId }) => scopeId)],
      )
      return rows.map((row) => ({ ...toChannel(row), updatedAt: row.updatedAt }))
    },

    find: async (tenant: string, id: string): Promise<Channel | null> => {
      const { rows } = await pool.query<Row>(`${SELECT} WHERE c.tenant = $1 AND c.id = $2`, [tenant, id])
      return rows[0] ? toChannel(rows[0]) : null
    },

    /** The other side said that it is gone for good. Whoever puts the channel again switches it on. */
    switchOff: async ({ tenant, id }: Channel, fault: string): Promise<void> => {
      await pool.query(
        'UPDATE hexroute.notice_channels SET enabled = false, fault = $3, updated_at = now() WHERE tenant = $1 AND id = $2',
        [tenant, id, fault],
      )
    },
  }
}

type Row = Omit<Channel, 'quietHours'> & { quietFrom: string | null; quietTo: string | null }

const SELECT = `
  SELECT c.id, tenant, scope, scope_id AS "scopeId", c.kind, c.target, c.events, c.digest_minutes AS "digestMinutes",
    c.quiet_from AS "quietFrom", c.quiet_to AS "quietTo", c.time_zone AS "timeZone", c.enabled, c.secret_sealed AS "secretSealed",
    c.updated_at AS "updatedAt"
  FROM hexroute.notice_channels c`

function toChannel({ quietFrom, quietTo, ...row }: Row): Channel {
  return { ...row, quietHours: quietFrom !== null && quietTo !== null ? { from: quietFrom, to: quietTo } : null }
}
