import type { FastifyInstance } from 'fastify'
import type { AuditLog } from './stores/audit-log.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What a handler adds to its line in the audit log. Never personal data, never a secret. */
    audited: { subject: string; detail: Record<string, unknown> } | null
  }
  interface FastifyContextConfig {
    /** The name under which a successful call is written to the audit log: `ruleset.publish`. */
    audit?: string
  }
}

/** Who changed what, when: written before the answer leaves, so that no change is answered that was not noted. */
export function audit(app: FastifyInstance, log: AuditLog): void {
  app.decorateRequest('audited', null)
  app.addHook('onSend', async (request, reply, payload) => {
    const action = request.routeOptions.config.audit
    if (action === undefined || reply.statusCode >= 400) return payload
    const { id = '' } = (request.params ?? {}) as { id?: string }
    const { subject, detail } = request.audited ?? { subject: id, detail: {} }
    await log.record({ keyId: request.access?.keyId ?? null, action, subject, detail })
    return payload
  })
}
