import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { RulesetDocument } from '../contracts/ruleset.ts'
import { mustOwn } from './authorise.ts'
import { problems } from './problems.ts'
import { checkRuleset } from './steps/check-ruleset.ts'
import { rulesetHash } from './steps/ruleset-hash.ts'
import type { RulesetStore } from './stores/ruleset-store.ts'

export type RulesetDeps = { rulesets: RulesetStore; announce: (tenant: string) => void }

const ADMIN = { roles: ['admin'] } as const
const FAULTS_SHOWN_MAX = 20
/** 41,000 ZIPs and a hundred polygons of 500 points are some 3 MB. */
const BODY_MAX_BYTES = 32 * 1024 * 1024

/** A ruleset is drafted, checked and published; published ones never change. */
export const rulesetRoute: FastifyPluginAsyncTypebox<RulesetDeps> = async (app, { rulesets, announce }) => {
  app.post(
    '/v1/rulesets',
    { config: ADMIN, bodyLimit: BODY_MAX_BYTES, schema: { body: RulesetDocument } },
    async (request, reply) => {
      mustOwn(request, request.body.tenant)
      const id = await rulesets.createDraft(request.body).catch((error: { code?: string }) => {
        if (error.code === '23503') throw new problems.conflict('Create the agency first.')
        throw error
      })
      return reply.code(201).send({ id, state: 'draft' })
    },
  )

  app.post(
    '/v1/rulesets/:id/publish',
    { config: ADMIN, schema: { params: Type.Object({ id: Type.String({ format: 'uuid' }) }) } },
    async (request) => {
      const draft = await rulesets.find(request.params.id)
      if (!draft) throw new problems.notFound('ruleset')
      mustOwn(request, draft.tenant)
      if (draft.state !== 'draft')
        throw new problems.conflict('This ruleset was published before; published rulesets never change.')
      const locations = await rulesets.locations(draft.tenant)
      const faults = checkRuleset(draft.document, locations)
      if (faults.length > 0) {
        const lines = faults.slice(0, FAULTS_SHOWN_MAX).map(({ path, fault, fix }) => `${path}: ${fault}; ${fix}.`)
        throw new problems.badRequest(
          `${faults.length} faults keep this ruleset from being published. ${lines.join(' ')}`,
        )
      }
      const hash = rulesetHash(draft.document, locations)
      if (!(await rulesets.publish(draft, locations, hash)))
        throw new problems.conflict('Somebody else published this ruleset a moment ago.')
      announce(draft.tenant)
      return { id: draft.id, state: 'published', hash }
    },
  )
}
