import { uuidv7 } from 'uuidv7'
import type { Postgres } from '../../kernel/postgres.ts'

export type AuditLine = {
  /** Access key of who did it; null: the directory by itself. */
  keyId: string | null
  action: string
  subject: string
  detail: Record<string, unknown>
}

export type AuditLog = { record: (line: AuditLine) => Promise<void> }

export const createAuditLog = (pool: Postgres): AuditLog => ({
  record: async ({ keyId, action, subject, detail }) => {
    await pool.query(
      'INSERT INTO hexroute.audit_log (id, key_id, action, subject, detail) VALUES ($1, $2, $3, $4, $5)',
      [uuidv7(), keyId, action, subject, JSON.stringify(detail)],
    )
  },
})
