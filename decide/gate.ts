import type { Case } from './case.ts'
import { endOf, type Verdict } from './verdict.ts'

const MINUTE_MS = 60_000

/** What ends a lead's way before any location is asked; null lets it pass. */
export function gate(c: Case): Verdict | null {
  const { request, createdAt } = c.lead
  if (request.kind === 'claim' || request.kind === 'move') return null
  if (request.kind === 'return' && request.reason !== 'bad-lead') return endOf('rejected', 'RETURNED', [])
  if (c.effects.reject) return endOf('rejected', 'RULE', [])
  const { consent, sla } = c.ruleset.document
  if (consent?.otherwise === 'REJECT') {
    if (c.traits.dnd) return endOf('rejected', 'DNC', [])
    if (!c.traits.consent) return endOf('rejected', 'NO_CONSENT', [])
  }
  const { length: assignments } = request.previousLocationIds
  if (request.kind === 'sla' && assignments >= (sla?.attemptsMax ?? ATTEMPTS_MAX)) return endOf('hq', 'NO_TOUCH', [])
  if (c.effects.holdMinutes !== null) {
    const untilMs = Date.parse(createdAt) + c.effects.holdMinutes * MINUTE_MS
    if (c.nowMs < untilMs) return endOf('held', 'RULE', [], { untilMs })
  }
  return null
}

/** Nobody may be messaged automatically about a person who has not agreed to it. */
export const isSilent = (c: Case): boolean => c.traits.dnd || !c.traits.consent

const ATTEMPTS_MAX = 3
