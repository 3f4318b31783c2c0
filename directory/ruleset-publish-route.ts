import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import type { RulesetDocument } from '../contracts/ruleset.ts'
import { mustOwn, tenantFor } from './authorise.ts'
import type { Geography } from './geography/ask-worker.ts'
import { faultyRuleset, problems } from './problems.ts'
import { type PublishDeps, publishRuleset } from './publish-ruleset.ts'
import { ADMIN, Instant, tenant, UuidParams } from './route-schemas.ts'
import { RULESET_BYTES_MAX, RulesetBody, rulesetParser } from './ruleset-body.ts'
import { findOwn, RULESET_READERS } from './ruleset-route.ts'
import type { Finding } from './steps/finding.ts'
import { hasError, lintDraft } from './steps/lint-draft.ts'

export type RulesetPublishDeps = PublishDeps & { geography: Geography; onlyTenant: () => Promise<string | null> }

const tags = ['rulesets']
const closed = { additionalProperties: false }
const When = Type.Union([
  Type.Object({ at: Type.Optional(Type.Union([Instant, Type.Null()])) }, closed),
  // A POST without a body.
  Type.Null(),
])
const Which = Type.Object(
  {
    tenant,
    hash: Type.Optional(Type.Union([Type.String({ pattern: '^[0-9a-f]{64}$' }), Type.Null()])),
  },
  closed,
)

/** Lint, publish now or later, and go back. Whatever fails here, the running ruleset stays. */
export const rulesetPublishRoute: FastifyPluginAsyncTypebox<RulesetPublishDeps> = async (app, deps) => {
  const { rulesets, publication, announce, clock, geography, onlyTenant } = deps

  const parse = rulesetParser()
  const lint = async (document: RulesetDocument): Promise<Finding[]> =>
    lintDraft(document, await rulesets.facts(document.tenant), clock())
  /** Also which ZIPs nobody serves, which takes a second or more. */
  const lintWithMap = async (document: RulesetDocument): Promise<Finding[]> => {
    const facts = await rulesets.facts(document.tenant)
    const findings = lintDraft(document, facts, clock())
    if (hasError(findings)) return findings
    return lintDraft(document, facts, clock(), await geography.coverage({ document, locations: facts.locations }))
  }

  app.post(
    '/v1/rulesets/:id/lint',
    { config: RULESET_READERS, schema: { tags, summary: 'Everything wrong or doubtful', params: UuidParams } },
    async (request) => ({
      findings: await lintWithMap((await findOwn(rulesets, request, request.params.id)).document),
    }),
  )

  app.post(
    '/v1/rulesets/lint',
    {
      bodyLimit: RULESET_BYTES_MAX,
      config: RULESET_READERS,
      schema: { tags, summary: 'The same of a document, without storing it', body: RulesetBody },
    },
    async (request) => {
      const document = parse(request.body)
      mustOwn(request, document.tenant)
      return { findings: await lintWithMap(document) }
    },
  )

  app.post(
    '/v1/rulesets/:id/publish',
    {
      config: { ...ADMIN, audit: 'ruleset.publish' },
      schema: {
        tags,
        summary: 'Publish at once, or at an instant',
        description: 'Scheduled ones are looked through again at their instant, with the organisation of that moment.',
        params: UuidParams,
        body: When,
      },
    },
    async (request) => {
      const ruleset = await findOwn(rulesets, request, request.params.id)
      const { id, tenant } = ruleset
      if (ruleset.state !== 'draft' && ruleset.state !== 'scheduled')
        throw new problems.conflict('This ruleset was published before; to run it again, roll back to its hash.')
      const at = request.body?.at ?? null
      if (at !== null && Date.parse(at) > clock()) {
        const findings = await lint(ruleset.document)
        if (hasError(findings)) throw faultyRuleset(findings)
        const publishAt = new Date(at).toISOString()
        if (!(await publication.schedule(id, publishAt))) throw changed()
        request.audited = { subject: id, detail: { tenant, publishAt } }
        return { id, state: 'scheduled', publishAt, warnings: findings }
      }
      const result = await publishRuleset(deps, ruleset)
      if (result.kind === 'faulty') throw faultyRuleset(result.findings)
      if (result.kind === 'changed') throw changed()
      request.audited = { subject: id, detail: { tenant, hash: result.hash } }
      return { id, state: 'published', hash: result.hash, warnings: result.warnings }
    },
  )

  app.post(
    '/v1/rulesets/:id/unschedule',
    {
      config: { ...ADMIN, audit: 'ruleset.unschedule' },
      schema: { tags, summary: 'Make a scheduled ruleset a draft again', params: UuidParams },
    },
    async (request) => {
      const { id } = await findOwn(rulesets, request, request.params.id)
      if (!(await publication.unschedule(id))) throw new problems.conflict('This ruleset is not scheduled.')
      return { id, state: 'draft' }
    },
  )

  app.post(
    '/v1/rulesets/rollback',
    {
      config: { ...ADMIN, audit: 'ruleset.rollback' },
      schema: {
        tags,
        summary: 'Run an earlier ruleset again',
        description:
          'The named one, or without a hash the one that ran before: with the same document, locations, users and hash.',
        body: Which,
      },
    },
    async (request) => {
      const { hash = null } = request.body
      const tenant = await tenantFor(request, request.body.tenant, onlyTenant)
      const restored = await publication.rollback(tenant, hash)
      if (!restored) throw new problems.conflict('There is no earlier ruleset to go back to.')
      announce(tenant)
      request.audited = { subject: restored.id, detail: { tenant, hash: restored.hash } }
      return { id: restored.id, state: 'published', hash: restored.hash }
    },
  )
}

const changed = (): Error => new problems.conflict('Somebody else changed this ruleset a moment ago.')
