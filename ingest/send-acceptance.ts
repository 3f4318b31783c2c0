import type { FastifyReply } from 'fastify'
import type { Acceptance } from './accept-event.ts'
import type { Outcomes, Route } from './outcomes.ts'
import { sendProblem } from './problems.ts'
import type { Envelope } from './steps/to-event.ts'

/** The answer of both webhook routes: 202 `{eventId, duplicate}`, or why the event is not stored. */
export function sendAcceptance(
  reply: FastifyReply,
  route: Route,
  envelope: Envelope,
  acceptance: Acceptance,
  outcomes: Outcomes,
): FastifyReply {
  if (acceptance.kind === 'refused') {
    outcomes.refused(route, acceptance.code, envelope.requestId, acceptance.detail)
    return sendProblem(reply, acceptance.code)
  }
  const { duplicate } = acceptance
  const fresh = envelope.parked === null ? 'accepted' : (`parked-${envelope.parked}` as const)
  outcomes.accepted(route, duplicate ? 'duplicate' : fresh)
  return reply
    .code(202)
    .header('content-type', 'application/json')
    .send(`{"eventId":"${envelope.eventId}","duplicate":${duplicate}}`)
}
