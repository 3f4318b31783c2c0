import { randomUUID } from 'node:crypto'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

/** An answer that GHL would give instead of the wanted one. */
export class ApiError extends Error {
  readonly statusCode: number
  readonly body: Record<string, unknown>
  constructor(statusCode: number, message: string, body: Record<string, unknown> = {}) {
    super(message)
    this.statusCode = statusCode
    this.body = body
  }
}

export const badRequest = (message: string, body: Record<string, unknown> = {}) =>
  new ApiError(400, message, { error: 'Bad Request', ...body })
export const unauthorized = (message: string) => new ApiError(401, message, { error: 'Unauthorized' })
export const forbidden = (message: string) => new ApiError(403, message, { error: 'Forbidden' })

/** Bodies as GHL's: `message` is a list for a validation error and a text for all others. */
export function sendError(error: FastifyError | ApiError, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const traceId = randomUUID()
  if (error instanceof ApiError) {
    return reply
      .code(error.statusCode)
      .send({ statusCode: error.statusCode, message: error.message, ...error.body, traceId })
  }
  if (error.validation) {
    const message = error.validation.map(sentenceOf)
    return reply.code(422).send({ statusCode: 422, message, error: 'Unprocessable Entity', traceId })
  }
  const statusCode = error.statusCode ?? 500
  const message = statusCode < 500 ? error.message : 'Internal server error'
  return reply.code(statusCode).send({ statusCode, message, traceId })
}

type Fault = NonNullable<FastifyError['validation']>[number]

function sentenceOf({ keyword, params, instancePath, message }: Fault): string {
  if (keyword === 'additionalProperties') return `property ${params.additionalProperty} should not exist`
  if (keyword === 'required') return `${params.missingProperty} should not be empty`
  return `${instancePath.slice(1).replaceAll('/', '.')} ${message}`
}
