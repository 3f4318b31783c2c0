import type { Decision } from '../../contracts/decision.ts'
import type { Names } from '../names.ts'
import { printDecision } from './decision.ts'
import type { Paint } from './paint.ts'

type Delivery = { attempt: number; locationId: string; state: string; tries: number; updatedAt: string } & Record<
  'contactId' | 'opportunityId' | 'errorCode',
  string | null
>
type Fact = { fact: string; occurredAt: string; value: number | string | null }
export type LeadAnswer = {
  lead: Record<string, unknown> & { leadId: string; createdAt: string; outcome: string }
  decisions: Decision[]
  deliveries: Delivery[]
  facts: Fact[]
}
type Entry = { at: string; text: string }

/** A lead's story in the order in which it happened. */
export function printTimeline({ lead, decisions, deliveries, facts }: LeadAnswer, nameOf: Names, paint: Paint): string {
  const entries: Entry[] = [
    ...decisions.map((decision) => ({ at: decision.decidedAt, text: decisionText(decision, nameOf, paint) })),
    ...deliveries.map((delivery) => ({ at: delivery.updatedAt, text: deliveryText(delivery, nameOf, paint) })),
    ...facts.map(({ occurredAt, fact, value }) => ({
      at: occurredAt,
      text: value === null ? words(fact) : `${words(fact)}, worth ${value}`,
    })),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  const owner = typeof lead.locationId === 'string' ? ` to ${nameOf(lead.locationId)}` : ''
  const head = `Lead ${lead.leadId}, ${lead.outcome}${owner}, ${String(lead.stage ?? lead.status)}`
  const created = { at: lead.createdAt, text: `created from ${String(lead.intakeLocationId)}` }
  return [paint('bold', head), ...[created, ...entries].map(({ at, text }) => `\n${paint('cyan', at)}  ${text}`)].join(
    '\n',
  )
}

function decisionText(decision: Decision, nameOf: Names, paint: Paint): string {
  const { attempt, request, outcome, locationId } = decision
  const where = locationId === null ? outcome : `${outcome} to ${nameOf(locationId)}`
  const asked = request.kind === 'new' ? '' : `, asked for by ${request.kind}`
  return `decision ${attempt}${asked}: ${where}\n${printDecision(decision, nameOf, paint)}`
}

function deliveryText(delivery: Delivery, nameOf: Names, paint: Paint): string {
  const { attempt, locationId, state, tries, contactId, opportunityId, errorCode } = delivery
  const written = [
    contactId === null ? '' : `contact ${contactId}`,
    opportunityId === null ? '' : `opportunity ${opportunityId}`,
    errorCode === null ? '' : paint('red', errorCode),
    `${tries} ${tries === 1 ? 'try' : 'tries'}`,
  ]
  return `delivery of decision ${attempt} to ${nameOf(locationId)}: ${state} (${written.filter(Boolean).join(', ')})`
}

const FACTS: Record<string, string> = {
  replied: 'the person replied',
  contacted: 'the location contacted the person',
  appointment: 'an appointment was made',
  won: 'the opportunity is won',
  lost: 'the opportunity is lost',
  open: 'the opportunity is open',
  abandoned: 'the opportunity was abandoned',
}
const words = (fact: string): string => FACTS[fact] ?? fact
