import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { mustOwn, tenantOf } from './authorise.ts'
import { problems } from './problems.ts'
import { ADMIN, limit, UuidParams } from './route-schemas.ts'
import { RULESET_BYTES_MAX, RulesetBody, rulesetParser } from './ruleset-body.ts'
import { type RulesetStore, rulesetStates, type StoredRuleset } from './stores/ruleset-store.ts'

export const RULESET_READERS = { roles: ['admin', 'region_manager', 'analyst'] } as const
const tags = ['rulesets']
const Naming = Type.Object({ name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) })

/** Drafts, and reading what was published. A draft may be edited; from publishing on a ruleset never changes. */
export const rulesetRoute: FastifyPluginAsyncTypebox<{ rulesets: RulesetStore }> = async (app, { rulesets }) => {
  const parse = rulesetParser()

  app.post(
    '/v1/rulesets',
    {
      bodyLimit: RULESET_BYTES_MAX,
      config: { ...ADMIN, audit: 'ruleset.draft' },
      schema: { tags, summary: 'Store a draft', querystring: Naming, body: RulesetBody },
    },
    async (request, reply) => {
      const document = parse(request.body)
      mustOwn(request, document.tenant)
      const by = request.access?.keyId ?? null
      const id = await rulesets.createDraft(document, request.query.name ?? null, by).catch(explainReference)
      request.audited = { subject: id, detail: { tenant: document.tenant } }
      return reply.code(201).send({ id, state: 'draft' })
    },
  )
  app.put(
    '/v1/rulesets/:id',
    {
      bodyLimit: RULESET_BYTES_MAX,
      config: { ...ADMIN, audit: 'ruleset.edit' },
      schema: { tags, summary: 'Replace a draft', params: UuidParams, querystring: Naming, body: RulesetBody },
    },
    async (request) => {
      const document = parse(request.body)
      const { id, tenant } = await findOwn(rulesets, request, request.params.id)
      if (document.tenant !== tenant) throw new problems.conflict('The tenant of a draft does not change.')
      if (!(await rulesets.replaceDraft(id, document, request.query.name ?? null))) throw notADraft()
      return { id, state: 'draft' }
    },
  )
  app.delete(
    '/v1/rulesets/:id',
    {
      config: { ...ADMIN, audit: 'ruleset.delete' },
      schema: { tags, summary: 'Delete a draft', params: UuidParams },
    },
    async (request, reply) => {
      const { id } = await findOwn(rulesets, request, request.params.id)
      if (!(await rulesets.deleteDraft(id))) throw notADraft()
      return reply.code(204).send()
    },
  )
  app.get(
    '/v1/rulesets/:id',
    { config: RULESET_READERS, schema: { tags, summary: 'One ruleset with its document', params: UuidParams } },
    (request) => findOwn(rulesets, request, request.params.id),
  )
  const state = Type.Optional(Type.Enum([...rulesetStates]))
  const before = Type.String({ default: '', pattern: '^([0-9a-f-]{36})?$', description: '`next` of the page before' })
  app.get(
    '/v1/rulesets',
    {
      config: RULESET_READERS,
      schema: {
        tags,
        summary: 'Rulesets without their documents, newest first',
        querystring: Type.Object({ cursor: before, limit, state }),
      },
    },
    (request) => {
      const { state: wanted = null, cursor, limit: countMax } = request.query
      return rulesets.list(tenantOf(request), wanted, cursor, Number(countMax))
    },
  )
}

/** @throws NOT_FOUND also for what belongs to another agency: that it is there is nobody else's business. */
export async function findOwn(rulesets: RulesetStore, request: FastifyRequest, id: string): Promise<StoredRuleset> {
  const ruleset = await rulesets.find(id)
  const own = tenantOf(request)
  if (!ruleset || (own !== null && own !== ruleset.tenant)) throw new problems.notFound('ruleset')
  return ruleset
}

const notADraft = (): Error =>
  new problems.conflict('Only drafts can be changed: this ruleset is scheduled or was published. Store a new draft.')

/** SQLSTATE 23503: the agency is missing. */
function explainReference(error: { code?: string }): never {
  if (error.code === '23503') throw new problems.conflict('Create the agency first.')
  throw error
}
