import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { deadLetterStages } from '../contracts/dead-letter.ts'
import { mustOwn, mustReach, tenantOf } from './authorise.ts'
import type { DeadLetters } from './dead-letters.ts'
import { problems } from './problems.ts'
import { ADMIN, limit, READERS, tenant } from './route-schemas.ts'

const tags = ['dead letters']
const Code = Type.String({ pattern: '^[A-Z][A-Z0-9_]{1,63}$' })
const Stage = Type.Enum([...deadLetterStages])
const Query = Type.Object({
  tenant,
  stage: Type.Optional(Stage),
  code: Type.Optional(Code),
  state: Type.Enum(['open', 'redriven', 'all'], { default: 'open' }),
  cursor: Type.String({ default: '0', pattern: '^\\d{1,15}$', description: '`next` of the page before' }),
  limit,
})
const Params = Type.Object({ seq: Type.String({ pattern: '^[1-9]\\d{0,14}$' }) })
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

/** What the stages gave up. For keys of a whole agency: a poisoned message has no location. */
export const deadLetterRoute: FastifyPluginAsyncTypebox<{ deadLetters: DeadLetters }> = async (
  app,
  { deadLetters },
) => {
  const find = async (request: FastifyRequest, seq: string) => {
    const found = await deadLetters.show(Number(seq))
    const own = tenantOf(request)
    if (!found || (own !== null && found.letter.tenant !== own)) throw new problems.notFound('dead letter')
    mustSeeWhole(request, found.letter.tenant)
    return found
  }

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
        params: Params,
      },
    },
    async (request) => {
      const { letter, payload } = await find(request, request.params.seq)
      if (request.access?.role !== 'admin') return letter
      return { ...letter, payload: payload?.toString('utf8') ?? null }
    },
  )
  app.post(
    '/v1/dead-letters/:seq/redrive',
    {
      config: { ...ADMIN, audit: 'dead-letter.redrive' },
      schema: {
        tags,
        summary: 'Send it to its stage again',
        description: 'Unchanged, after what closed it is opened. Sent before: 409, unless `force`.',
        params: Params,
        body: Force,
      },
    },
    async (request) => {
      const { letter } = await find(request, request.params.seq)
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

function whoseLetters(request: FastifyRequest, named: string | undefined): string | null {
  if (named !== undefined) mustOwn(request, named)
  const tenant = named ?? tenantOf(request)
  mustSeeWhole(request, tenant ?? '')
  return tenant
}

/** A key of some regions or locations sees no message that may be of any other. */
const mustSeeWhole = (request: FastifyRequest, tenant: string): void =>
  mustReach(request, { tenant: request.access?.tenant ?? tenant, regionId: null, locationId: null })
