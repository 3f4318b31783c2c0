import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { drawFaults, type FaultRule, type Faults } from '../faults.ts'
import { ApiError, forbidden, unauthorized } from './api-error.ts'
import type { CallCounts } from './call-counts.ts'
import type { Tokens } from './tokens.ts'

export type FaultHooksOptions = { faults: Faults; tokens: Tokens; counts: CallCounts }

/** Lets calls fail as the rules say: before the handler ran, or after it, when what it wrote is written. */
export function addFaultHooks(api: FastifyInstance, { faults, tokens, counts }: FaultHooksOptions): void {
  const later = new WeakMap<FastifyRequest, FaultRule>()
  api.addHook('onRequest', async () => {
    if (faults.latencyMs > 0) await delay(faults.latencyMs)
    if (Math.random() < faults.rate500) throw new ApiError(500, 'Internal server error')
  })
  api.addHook('preHandler', async (request, reply) => {
    const operation = operationOf(request)
    counts.operation(operation)
    const id = tokens.read((request.headers.authorization ?? '').replace(/^Bearer /, ''))?.authClassId
    for (const rule of drawFaults(faults, operation, id)) {
      await before(rule, reply, () => {
        if (id) {
          counts.arrived(id)
          counts.limited(id)
        }
      })
      later.set(request, rule)
    }
  })
  api.addHook('onSend', async (request, reply, payload) => {
    const rule = reply.statusCode < 300 ? later.get(request) : undefined
    return rule ? after(rule, request, reply, payload) : payload
  })
}

/** `POST /contacts/{contactId}/tags`, as the OpenAPI document writes it. */
const operationOf = ({ method, routeOptions }: FastifyRequest): string =>
  `${method} ${(routeOptions.url ?? '').replace(/:(\w+)/g, '{$1}')}`

async function before(rule: FaultRule, reply: FastifyReply, limited: () => void): Promise<void> {
  switch (rule.kind) {
    case 'latency':
      await delay(rule.latencyMs ?? 1_000)
      return
    case '500':
      throw new ApiError(500, 'Internal server error')
    case '429':
      limited()
      if (rule.retryAfterS !== undefined) reply.header('retry-after', String(rule.retryAfterS))
      throw new ApiError(429, 'Too Many Requests', { error: 'Too Many Requests' })
    case '422':
      throw new ApiError(422, 'phone must be a valid phone number')
    case '401':
      throw unauthorized('Invalid token: access token is invalid')
    case 'inactive':
      throw forbidden('Location is not active')
    case 'reset':
      reply.raw.socket?.destroy()
      throw new ApiError(500, 'Connection reset')
    case 'no-answer':
    case 'cut-off':
    case 'refused-but-written':
  }
}

async function after(
  rule: FaultRule,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  const { socket } = request.raw
  if (rule.kind === 'no-answer' && !socket.destroyed) await once(socket, 'close')
  if (rule.kind === 'cut-off') socket.destroy()
  if (rule.kind !== 'refused-but-written') return payload
  reply.code(422)
  const message = ['phone must be a valid phone number']
  return JSON.stringify({ statusCode: 422, message, error: 'Unprocessable Entity', traceId: request.id })
}
