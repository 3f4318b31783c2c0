import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { tenantFor } from './authorise.ts'
import { limit, READERS, tenant } from './route-schemas.ts'
import { type PublishedParts, publishedSections } from './stores/published-parts.ts'

export type ProjectionDeps = { parts: PublishedParts; onlyTenant: () => Promise<string | null> }

const Query = Type.Object({
  tenant,
  cursor: Type.String({ default: '', pattern: '^\\d{0,9}$', description: '`next` of the page before' }),
  limit,
})

/** What the running ruleset says, piece by piece. To change it, publish another ruleset. */
export const projectionRoute: FastifyPluginAsyncTypebox<ProjectionDeps> = async (app, { parts, onlyTenant }) => {
  for (const section of publishedSections)
    app.get(
      `/v1/${section}`,
      {
        config: READERS,
        schema: { tags: ['rulesets'], summary: `The ${section} of the published ruleset`, querystring: Query },
      },
      async (request) => {
        const { tenant, cursor, limit } = request.query
        return parts.list(await tenantFor(request, tenant, onlyTenant), section, Number(cursor), Number(limit))
      },
    )
}
