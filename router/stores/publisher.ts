import type { DeadLetter } from '../../contracts/dead-letter.ts'
import type { Decision } from '../../contracts/decision.ts'
import type { LeadFact } from '../../contracts/lead-fact.ts'
import { subjects } from '../../contracts/streams.ts'
import type { AcknowledgedPublish } from '../../kernel/acknowledged-publish.ts'
import { decisionBytes } from './decision-bytes.ts'

export type Publisher = {
  /** Resolve when JetStream has stored all of them; a message id seen before is stored once. */
  decisions: (decisions: readonly Decision[]) => Promise<void>
  facts: (facts: readonly LeadFact[]) => Promise<void>
  deadLetter: (tenant: string, letter: DeadLetter) => Promise<void>
}

/** @param publish with a time-out: what is not stored in time is thrown, and the batch comes again. */
export function createPublisher(publish: AcknowledgedPublish): Publisher {
  return {
    decisions: async (decisions) => {
      await Promise.all(
        decisions.map((decision) =>
          publish(
            subjects.decision(decision.tenant, decision.locationId, decision.outcome),
            decisionBytes(decision),
            decision.decisionId,
          ),
        ),
      )
    },
    facts: async (facts) => {
      await Promise.all(
        facts.map((fact) =>
          publish(subjects.fact(fact.tenant, fact.locationId, fact.fact), JSON.stringify(fact), fact.factId),
        ),
      )
    },
    deadLetter: async (tenant, letter) => {
      const messageId = `router:${letter.subject}:${letter.streamSequence}`
      await publish(subjects.deadLetter('router', tenant), JSON.stringify(letter), messageId)
    },
  }
}
