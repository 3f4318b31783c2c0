import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import type { NoticeChannel } from '../../contracts/notice.ts'
import { seal } from '../../kernel/sealed.ts'

export const signingSecret = `whsec_${randomBytes(24).toString('base64')}`

/** Puts a channel as the directory does; of a location unless said otherwise, for new leads, at once, at any hour. */
export async function putChannel(
  pool: pg.Pool,
  secretKey: string,
  channel: Pick<NoticeChannel, 'id' | 'tenant' | 'scopeId' | 'kind'> & Partial<NoticeChannel>,
): Promise<void> {
  const { id, tenant, scope = 'location', scopeId, kind, target = null, events = ['lead.assigned'] } = channel
  const { digestMinutes = null, quietHours = null, timeZone = 'America/New_York', enabled = true } = channel
  await pool.query(
    `INSERT INTO hexroute.notice_channels (id, tenant, scope, scope_id, kind, target, events, digest_minutes, quiet_from,
       quiet_to, time_zone, enabled, secret_sealed)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      ...[id, tenant, scope, scopeId, kind, target, events, digestMinutes, quietHours?.from, quietHours?.to],
      ...[timeZone, enabled, kind === 'webhook' ? seal(secretKey, signingSecret) : null],
    ],
  )
}

export type NoticeRow = { channel_id: string; event: string; state: string; tries: number; error: string | null }

export async function noticesOf(pool: pg.Pool, leadId: string): Promise<NoticeRow[]> {
  const { rows } = await pool.query<NoticeRow>(
    `SELECT channel_id, event, state, tries, error FROM hexroute.notices WHERE subject ->> 'leadId' = $1
     ORDER BY channel_id, event`,
    [leadId],
  )
  return rows
}
