import type { FastifyInstance, FastifyReply } from 'fastify'
import type { AcceptEvent } from './accept-event.ts'
import type { IngestDeps } from './ingest-deps.ts'
import { memoryFor } from './memory-for.ts'
import type { Outcomes } from './outcomes.ts'
import { type ProblemCode, sendProblem } from './problems.ts'
import { sendAcceptance } from './send-acceptance.ts'
import { parseBody } from './steps/parse-body.ts'
import { reconcileToEvent } from './steps/reconcile-to-event.ts'
import { secretMatches } from './steps/secret-matches.ts'

const EMPTY = Buffer.alloc(0)

/**
 * `POST /webhooks/reconcile`: what delivery found in GHL and no webhook told, in the body of that webhook. Only where both
 * have HEXROUTE_SECRET_KEY: the secret is derived from it.
 */
export function webhooksReconcileRoute(
  scope: FastifyInstance,
  deps: IngestDeps,
  accept: AcceptEvent,
  outcomes: Outcomes,
): void {
  const { reconcileSecretSha256 } = deps
  if (reconcileSecretSha256 === null) return
  const refuse = (reply: FastifyReply, code: ProblemCode, detail?: string): FastifyReply => {
    outcomes.refused('reconcile', code, reply.request.id, detail)
    return sendProblem(reply, code)
  }
  scope.post(
    '/webhooks/reconcile',
    {
      // Before the body is read: who does not know the secret does not get to fill memory.
      onRequest: async (request, reply) => {
        const secret = request.headers['x-hexroute-secret']
        const isKnown = secretMatches(typeof secret === 'string' ? secret : undefined, reconcileSecretSha256)
        return isKnown ? undefined : refuse(reply, 'WRONG_SECRET')
      },
    },
    async (request, reply) => {
      const raw = Buffer.isBuffer(request.body) ? request.body : EMPTY
      const parsed = parseBody(raw)
      if (parsed.kind === 'unparseable') return refuse(reply, 'UNPARSEABLE_BODY', parsed.reason)
      const nowMs = deps.clock()
      const received = reconcileToEvent(
        { raw, body: parsed.body, requestId: request.id, nowMs },
        deps.appId,
        deps.known,
      )
      if (received === null) return refuse(reply, 'MISSING_TYPE')
      const acceptance = await accept(received.envelope, raw, memoryFor(received, nowMs))
      return sendAcceptance(reply, 'reconcile', received.envelope, acceptance, outcomes)
    },
  )
}
