import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { Person } from '../contracts/event.ts'
import { askRouter } from './ask-router.ts'
import { tenantFor } from './authorise.ts'
import { Instant, tenant } from './route-schemas.ts'
import { findOwn } from './ruleset-route.ts'
import type { AskRouter } from './stores/router-link.ts'
import type { RulesetStore } from './stores/ruleset-store.ts'

export type PreviewDeps = { ask: AskRouter; rulesets: RulesetStore; onlyTenant: () => Promise<string | null> }

const Preview = Type.Object(
  {
    tenant,
    /** As the form would send it; all fields may be left out. */
    person: Type.Partial(Person, { additionalProperties: false }),
    intakeLocationId: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
    at: Type.Optional(Type.Union([Instant, Type.Null()])),
    rulesetId: Type.Optional(Type.Union([Type.String({ format: 'uuid' }), Type.Null()])),
  },
  { additionalProperties: false },
)

/** What would become of a lead? Nothing is stored, counted or sent, and the answer holds no personal data. */
export const previewRoute: FastifyPluginAsyncTypebox<PreviewDeps> = async (app, { ask, rulesets, onlyTenant }) => {
  app.post(
    '/v1/route/preview',
    {
      config: { roles: ['admin', 'region_manager', 'analyst'] },
      schema: {
        tags: ['leads'],
        summary: 'Decide on one lead without doing anything: every candidate with its reason',
        description: 'With `rulesetId`, as that draft would; with `at`, as if it were then.',
        body: Preview,
      },
    },
    async (request) => {
      const { person, intakeLocationId = null, at = null, rulesetId = null } = request.body
      const ruleset = rulesetId === null ? null : await findOwn(rulesets, request, rulesetId)
      return askRouter(ask, {
        kind: 'preview',
        tenant: ruleset?.tenant ?? (await tenantFor(request, request.body.tenant, onlyTenant)),
        ...{ person, intakeLocationId, rulesetId },
        at: at === null ? null : new Date(at).toISOString(),
      })
    },
  )
}
