import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AcceptEvent } from './accept-event.ts'
import type { IngestDeps } from './ingest-deps.ts'
import { memoryFor } from './memory-for.ts'
import type { Outcomes } from './outcomes.ts'
import { type ProblemCode, sendProblem } from './problems.ts'
import { sendAcceptance } from './send-acceptance.ts'
import { parseBody } from './steps/parse-body.ts'
import { toEvent } from './steps/to-event.ts'
import { verifySignature } from './steps/verify-signature.ts'

const EMPTY = Buffer.alloc(0)

/** `POST /webhooks/ghl`: webhooks of the marketplace app, signed by the platform. */
export function webhooksGhlRoute(
  scope: FastifyInstance,
  deps: IngestDeps,
  accept: AcceptEvent,
  outcomes: Outcomes,
): void {
  const refuse = (reply: FastifyReply, code: ProblemCode, detail?: string): FastifyReply => {
    outcomes.refused('ghl', code, reply.request.id, detail)
    return sendProblem(reply, code)
  }
  scope.post('/webhooks/ghl', async (request: FastifyRequest, reply) => {
    const raw = Buffer.isBuffer(request.body) ? request.body : EMPTY
    const header = request.headers['x-ghl-signature']
    const verdict = verifySignature(raw, typeof header === 'string' ? header : undefined, deps.publicKeys)
    if (verdict === 'missing') return refuse(reply, 'UNSIGNED')
    if (verdict === 'wrong') return refuse(reply, 'BAD_SIGNATURE')

    const parsed = parseBody(raw)
    if (parsed.kind === 'unparseable') return refuse(reply, 'UNPARSEABLE_BODY', parsed.reason)
    const nowMs = deps.clock()
    const received = toEvent({ raw, body: parsed.body, requestId: request.id, nowMs }, deps.appId, deps.known)
    if (received === null) return refuse(reply, 'MISSING_TYPE')

    const acceptance = await accept(received.envelope, raw, memoryFor(received, nowMs))
    return sendAcceptance(reply, 'ghl', received.envelope, acceptance, outcomes)
  })
}
