import type { FastifyReply } from 'fastify'
import type { Problem } from '../contracts/problem.ts'

type Definition = { status: number; title: string; detail: string; retryAfterS?: number }

/** Every answer that is no success. The codes are an interface: docs/errors.md lists them. */
export const problems = {
  UNSIGNED: {
    status: 401,
    title: 'Unauthorized',
    detail: 'The header X-GHL-Signature is missing, or says that the body is not signed.',
  },
  BAD_SIGNATURE: {
    status: 401,
    title: 'Unauthorized',
    detail: 'X-GHL-Signature is not the signature of this body under any configured key.',
  },
  WRONG_SECRET: {
    status: 401,
    title: 'Unauthorized',
    detail: 'The source does not exist, or X-Hexroute-Secret (or ?token=) is not its secret.',
  },
  UNPARSEABLE_BODY: {
    status: 400,
    title: 'Bad Request',
    detail: 'The body is not one JSON object in UTF-8, at most 64 levels deep, without keys that change prototypes.',
  },
  MISSING_TYPE: { status: 400, title: 'Bad Request', detail: 'The body names no event type in "type".' },
  BAD_REQUEST: { status: 400, title: 'Bad Request', detail: 'The request is not valid HTTP.' },
  NOT_FOUND: {
    status: 404,
    title: 'Not Found',
    detail: 'Webhooks go to /webhooks/ghl or /webhooks/workflow/{source}.',
  },
  BODY_TOO_LARGE: { status: 413, title: 'Content Too Large', detail: 'The body is larger than 1 MiB.' },
  OVERLOADED: {
    status: 429,
    title: 'Too Many Requests',
    detail: 'The gateway is at its limit. Send the same body again.',
    retryAfterS: 2,
  },
  NOT_READY: {
    status: 429,
    title: 'Too Many Requests',
    detail: 'The gateway is starting. Send the same body again.',
    retryAfterS: 2,
  },
  NOT_STORED: {
    status: 429,
    title: 'Too Many Requests',
    detail: 'The event could not be stored now. Send the same body again.',
    retryAfterS: 5,
  },
  UNFORESEEN: {
    status: 429,
    title: 'Too Many Requests',
    detail: 'Something went wrong on our side. Send the same body again.',
    retryAfterS: 30,
  },
} as const satisfies Record<string, Definition>

export type ProblemCode = keyof typeof problems

export function sendProblem(reply: FastifyReply, code: ProblemCode): FastifyReply {
  const { retryAfterS, ...definition }: Definition = problems[code]
  const problem: Problem = { type: 'about:blank', ...definition, code, requestId: reply.request.id }
  if (retryAfterS !== undefined) reply.header('retry-after', String(retryAfterS))
  return reply.code(definition.status).type('application/problem+json').send(JSON.stringify(problem))
}
