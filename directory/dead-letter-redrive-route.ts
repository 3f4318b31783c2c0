import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { findLetter, whoseLetters } from './dead-letter-access.ts'
import { Code, SeqParams, Stage } from './dead-letter-route.ts'
import type { DeadLetters } from './dead-letters.ts'
import { problems } from './problems.ts'
import { ADMIN, tenant } from './route-schemas.ts'

const tags = ['dead letters']
const Force = Type.Object({ force: Type.Optional(Type.Boolean()) }, { additionalProperties: false })
const Many = Type.Object(
  {
    tenant,
    stage: Stage,
    code: Type.Optional(Code),
    max: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: '100 when not said' })),
  },
  { additionalProperties: false },
)
const MANY_DEFAULT = 100

/** Sends what a stage gave up to it again, once its cause is gone. */
export const deadLetterRedriveRoute: FastifyPluginAsyncTypebox<{ deadLetters: DeadLetters }> = async (
  app,
  { deadLetters },
) => {
  app.post(
    '/v1/dead-letters/:seq/redrive',
    {
      config: { ...ADMIN, audit: 'dead-letter.redrive' },
      schema: {
        tags,
        summary: 'Send it to its stage again',
        description: 'Unchanged, after what closed it is opened. Sent before: 409, unless `force`.',
        params: SeqParams,
        body: Force,
      },
    },
    async (request) => {
      const { letter } = await findLetter(deadLetters, request, request.params.seq)
      const { force = false } = request.body
      const { seq, tenant, stage, code } = letter
      request.audited = { subject: String(seq), detail: { tenant, stage, code, force } }
      const result = await deadLetters.redrive(seq, request.access!.keyId, force)
      switch (result) {
        case 'redriven':
          return { redriven: [seq] }
        case 'redriven-before':
          throw new problems.conflict('It was sent again before: look at what became of it, or force it.')
        case 'not-redrivable':
          throw new problems.conflict('It cannot be sent again: it does not say where it came from.')
        case 'not-found':
          throw new problems.notFound('dead letter')
      }
    },
  )
  app.post(
    '/v1/dead-letters/redrive',
    {
      config: { ...ADMIN, audit: 'dead-letter.redrive' },
      schema: {
        tags,
        summary: 'Send the open ones of a stage, and code, again: oldest first, at most `max`',
        body: Many,
      },
    },
    async (request) => {
      const { stage, code = null, max = MANY_DEFAULT } = request.body
      const tenant = whoseLetters(request, request.body.tenant)
      const { items, next } = await deadLetters.list({ tenant, stage, code, state: 'open' }, 0, max)
      const redriven: number[] = []
      const left: number[] = []
      for (const { seq } of items) {
        const result = await deadLetters.redrive(seq, request.access!.keyId, false)
        ;(result === 'redriven' ? redriven : left).push(seq)
      }
      request.audited = { subject: stage, detail: { tenant, stage, code, redriven } }
      return { redriven, left, more: next !== null }
    },
  )
}
