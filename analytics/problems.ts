import type { FastifyReply } from 'fastify'
import type { Problem } from '../contracts/problem.ts'

type Definition = { status: number; title: string; detail: string; retryAfterS?: number }

/** Every answer that is no success. The codes are an interface: docs/errors.md lists them. */
export const problems = {
  UNAUTHENTICATED: {
    status: 401,
    title: 'Unauthorized',
    detail: 'Send a valid access key as "Authorization: Bearer <key>"; a widget key may also come as ?token=.',
  },
  TOKEN_IN_URL: {
    status: 403,
    title: 'Forbidden',
    detail: 'Only widget keys may stand in a URL. Send this key as "Authorization: Bearer <key>".',
  },
  FORBIDDEN: { status: 403, title: 'Forbidden', detail: 'This key may not read this.' },
  BAD_REQUEST: { status: 400, title: 'Bad Request', detail: 'A parameter is not what the API takes.' },
  NOT_FOUND: { status: 404, title: 'Not Found', detail: 'There is nothing at this address.' },
  TOO_MANY_LISTENERS: {
    status: 503,
    title: 'Service Unavailable',
    detail: 'All live connections are taken. Read /v1/conversion meanwhile.',
    retryAfterS: 10,
  },
  UNAVAILABLE: {
    status: 503,
    title: 'Service Unavailable',
    detail: 'A store does not answer now. Try again.',
    retryAfterS: 2,
  },
} as const satisfies Record<string, Definition>

export type ProblemCode = keyof typeof problems

/** Thrown by a route; the error handler of the app answers it. */
export class Refusal extends Error {
  readonly code: ProblemCode
  readonly detail: string | undefined
  constructor(code: ProblemCode, detail?: string) {
    super(code)
    this.name = 'Refusal'
    this.code = code
    this.detail = detail
  }
}

export function sendProblem(reply: FastifyReply, code: ProblemCode, detail?: string): FastifyReply {
  const { retryAfterS, ...definition }: Definition = problems[code]
  const problem: Problem = { type: 'about:blank', ...definition, code, requestId: reply.request.id }
  if (detail) problem.detail = detail
  if (retryAfterS !== undefined) reply.header('retry-after', String(retryAfterS))
  return reply
    .code(definition.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problem))
}
