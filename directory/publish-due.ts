import { iso } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import { type PublishDeps, publishRuleset } from './publish-ruleset.ts'
import type { AuditLog } from './stores/audit-log.ts'

export type PublishDueDeps = PublishDeps & { auditLog: AuditLog; log: Logger }

/**
 * Publishes the scheduled rulesets whose instant has come. Several directories may do so at once: the publication is a
 * compare-and-set. One that has errors by now goes back to draft, with the reason in the audit log, and the running one stays.
 */
export async function publishDue(deps: PublishDueDeps): Promise<void> {
  const { rulesets, publication, auditLog, clock, log } = deps
  for (const { id, tenant } of await publication.due(iso(clock()))) {
    const ruleset = await rulesets.find(id)
    if (ruleset?.state !== 'scheduled') continue
    const result = await publishRuleset(deps, ruleset)
    switch (result.kind) {
      case 'published':
        await auditLog.record({
          keyId: null,
          action: 'ruleset.publish',
          subject: id,
          detail: { tenant, hash: result.hash, scheduledFor: ruleset.publishAt },
        })
        log.info({ tenant, rulesetId: id, hash: result.hash }, 'scheduled ruleset published')
        break
      case 'faulty':
        if (!(await publication.unschedule(id))) break
        await auditLog.record({
          keyId: null,
          action: 'ruleset.publish-refused',
          subject: id,
          detail: { tenant, findings: result.findings, scheduledFor: ruleset.publishAt },
        })
        log.warn({ tenant, rulesetId: id, faults: result.findings.length }, 'scheduled ruleset refused')
        break
      case 'changed':
        break
    }
  }
}
