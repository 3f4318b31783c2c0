import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { outcomes } from '../contracts/decision.ts'
import { partOf } from './authorise.ts'
import { problems } from './problems.ts'
import { limit, MANAGERS, READERS, UuidParams } from './route-schemas.ts'
import type { LeadReader } from './stores/lead-reader.ts'

const tags = ['leads']
const Query = Type.Object({
  outcome: Type.Optional(Type.Enum([...outcomes])),
  locationId: Type.Optional(Type.String({ maxLength: 64 })),
  cursor: Type.String({
    default: '',
    pattern: '^(\\d{4}-\\d{2}-\\d{2}T[\\d:.]+Z/[0-9a-f-]{36})?$',
    description: '`next` of the page before',
  }),
  limit,
})

/** Leads of the key's part: those of its locations, and those offered to them. */
export const leadRoute: FastifyPluginAsyncTypebox<{ leads: LeadReader }> = async (app, { leads }) => {
  app.get(
    '/v1/leads',
    {
      config: READERS,
      schema: { tags, summary: 'Leads without personal data, newest first', querystring: Query },
    },
    (request) => {
      const { outcome = null, locationId = null, cursor, limit } = request.query
      return leads.list(partOf(request), { outcome, locationId }, cursor, Number(limit))
    },
  )
  app.get(
    '/v1/leads/:id',
    {
      config: MANAGERS,
      schema: {
        tags,
        summary: "One lead's whole story: decisions, candidates, deliveries, facts",
        description: 'Holds personal data: not for analysts, and for managers only of their own part.',
        params: UuidParams,
      },
    },
    async (request) => {
      const timeline = await leads.timeline(partOf(request), request.params.id)
      if (!timeline) throw new problems.notFound('lead')
      return timeline
    },
  )
}
