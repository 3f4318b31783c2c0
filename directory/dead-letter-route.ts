import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { deadLetterStages } from '../contracts/dead-letter.ts'
import { findLetter, whoseLetters } from './dead-letter-access.ts'
import type { DeadLetters } from './dead-letters.ts'
import { limit, READERS, tenant } from './route-schemas.ts'

const tags = ['dead letters']
export const Code = Type.String({ pattern: '^[A-Z][A-Z0-9_]{1,63}$' })
export const Stage = Type.Enum([...deadLetterStages])
const Query = Type.Object({
  tenant,
  stage: Type.Optional(Stage),
  code: Type.Optional(Code),
  state: Type.Enum(['open', 'redriven', 'all'], { default: 'open' }),
  cursor: Type.String({ default: '0', pattern: '^\\d{1,15}$', description: '`next` of the page before' }),
  limit,
})
export const SeqParams = Type.Object({ seq: Type.String({ pattern: '^[1-9]\\d{0,14}$' }) })
/** What the stages gave up. For keys of a whole agency: a poisoned message has no location. */
export const deadLetterRoute: FastifyPluginAsyncTypebox<{ deadLetters: DeadLetters }> = async (
  app,
  { deadLetters },
) => {
  app.get(
    '/v1/dead-letters',
    { config: READERS, schema: { tags, summary: 'Messages that a stage gave up, oldest first', querystring: Query } },
    (request) => {
      const { stage = null, code = null, state, cursor, limit } = request.query
      const whose = whoseLetters(request, request.query.tenant)
      return deadLetters.list({ tenant: whose, stage, code, state }, Number(cursor), Number(limit))
    },
  )
  app.get(
    '/v1/dead-letters/:seq',
    {
      config: READERS,
      schema: {
        tags,
        summary: 'One of them; for admins with the message itself',
        description: '`payload` is the text of the message and may hold personal data.',
        params: SeqParams,
      },
    },
    async (request) => {
      const { letter, payload } = await findLetter(deadLetters, request, request.params.seq)
      if (request.access?.role !== 'admin') return letter
      return { ...letter, payload: payload?.toString('utf8') ?? null }
    },
  )
}
