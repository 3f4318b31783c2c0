import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AcceptEvent } from './accept-event.ts'
import type { IngestDeps } from './ingest-deps.ts'
import type { Outcomes } from './outcomes.ts'
import { type ProblemCode, sendProblem } from './problems.ts'
import { sendAcceptance } from './send-acceptance.ts'
import { parseBody } from './steps/parse-body.ts'
import { secretMatches } from './steps/secret-matches.ts'
import { workflowToEvent } from './steps/workflow-to-event.ts'

type SourceRequest = FastifyRequest<{ Params: { source: string }; Querystring: { token?: unknown } }>

const EMPTY = Buffer.alloc(0)

/** `POST /webhooks/workflow/:source`: the workflow action, which signs nothing, so each source has its own secret. */
export function webhooksWorkflowRoute(
  scope: FastifyInstance,
  deps: IngestDeps,
  accept: AcceptEvent,
  outcomes: Outcomes,
): void {
  const refuse = (reply: FastifyReply, code: ProblemCode, detail?: string): FastifyReply => {
    outcomes.refused('workflow', code, reply.request.id, detail)
    return sendProblem(reply, code)
  }
  // Before the body is read: who does not know the secret does not get to fill memory.
  const onRequest = async (request: SourceRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const source = deps.known.source(request.params.source)
    if (!secretMatches(givenSecret(request), source?.secretSha256)) return refuse(reply, 'WRONG_SECRET')
    return undefined
  }
  scope.post('/webhooks/workflow/:source', { onRequest }, async (request: SourceRequest, reply) => {
    const source = deps.known.source(request.params.source)
    if (!source) return refuse(reply, 'WRONG_SECRET')
    const raw = Buffer.isBuffer(request.body) ? request.body : EMPTY
    const parsed = parseBody(raw)
    if (parsed.kind === 'unparseable') return refuse(reply, 'UNPARSEABLE_BODY', parsed.reason)
    const arrival = { raw, body: parsed.body, requestId: request.id, nowMs: deps.clock() }
    const { envelope, named } = workflowToEvent(arrival, request.params.source, source, deps.known)
    // Without a name of its own an equal body days later is a new submission, so only JetStream's window compares it.
    const memory = named && envelope.parked === null ? 'ask' : 'none'
    const acceptance = await accept(envelope, raw, memory)
    return sendAcceptance(reply, 'workflow', envelope, acceptance, outcomes)
  })
}

function givenSecret(request: SourceRequest): string | undefined {
  const secret = request.headers['x-hexroute-secret'] ?? request.query.token
  return typeof secret === 'string' ? secret : undefined
}
