import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { tenantOf } from './authorise.ts'
import { problems } from './problems.ts'
import type { LeadTimeline } from './stores/lead-reader.ts'

export type LeadDeps = { readLead: (tenant: string | null, leadId: string) => Promise<LeadTimeline | null> }

/** One lead's whole story. Personal data: for admins only until keys carry that right. */
export const leadRoute: FastifyPluginAsyncTypebox<LeadDeps> = async (app, { readLead }) => {
  app.get(
    '/v1/leads/:id',
    { config: { roles: ['admin'] }, schema: { params: Type.Object({ id: Type.String({ format: 'uuid' }) }) } },
    async (request) => {
      const timeline = await readLead(tenantOf(request), request.params.id)
      if (!timeline) throw new problems.notFound('lead')
      return timeline
    },
  )
}
