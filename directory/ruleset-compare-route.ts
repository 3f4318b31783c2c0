import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { RulesetDocument } from '../contracts/ruleset.ts'
import type { TerritoryDiff } from '../decide/geography/territory-diff.ts'
import { mustOwn } from './authorise.ts'
import type { Geography } from './geography/ask-worker.ts'
import { problems } from './problems.ts'
import { UuidParams } from './route-schemas.ts'
import { RULESET_BYTES_MAX, RulesetBody, rulesetParser } from './ruleset-body.ts'
import { findOwn, RULESET_READERS } from './ruleset-route.ts'
import { type DocumentChange, documentDiff } from './steps/document-diff.ts'
import type { RulesetStore, StoredRuleset } from './stores/ruleset-store.ts'

const tags = ['rulesets']
const Against = Type.Object({
  against: Type.String({
    default: 'published',
    pattern: '^(published|[0-9a-f-]{36})$',
    description: '`published`, or the id of another ruleset',
  }),
})

type Difference = {
  against: { id: string; hash: string | null }
  changes: DocumentChange[]
  /** Which places change hands. */
  territories: TerritoryDiff
}
export type RulesetCompareDeps = { rulesets: RulesetStore; geography: Geography }

/** What would change? Asked of a stored ruleset, or of a document that is stored nowhere yet. */
export const rulesetCompareRoute: FastifyPluginAsyncTypebox<RulesetCompareDeps> = async (
  app,
  { rulesets, geography },
) => {
  const parse = rulesetParser()

  const other = async (request: FastifyRequest, tenant: string, against: string): Promise<StoredRuleset> => {
    if (against !== 'published') return findOwn(rulesets, request, against)
    const published = await rulesets.published(tenant)
    if (!published) throw new problems.conflict('Nothing is published yet: there is nothing to compare with.')
    return published
  }
  const compare = async (base: StoredRuleset, document: RulesetDocument): Promise<Difference> => ({
    against: { id: base.id, hash: base.hash },
    changes: documentDiff(base.document, document),
    territories: await geography.diff(base.document, document),
  })

  app.get(
    '/v1/rulesets/:id/coverage',
    {
      config: RULESET_READERS,
      schema: {
        tags,
        summary: 'Which ZIPs and cells are covered, shared, contested, uncovered',
        description: 'Of a published ruleset with its own locations, of a draft with those of now.',
        params: UuidParams,
      },
    },
    async (request) => {
      const { document, locations, tenant } = await findOwn(rulesets, request, request.params.id)
      return geography.coverage({ document, locations: locations ?? (await rulesets.facts(tenant)).locations })
    },
  )
  app.get(
    '/v1/rulesets/:id/diff',
    {
      config: RULESET_READERS,
      schema: { tags, summary: 'What a ruleset changes, by path', params: UuidParams, querystring: Against },
    },
    async (request) => {
      const { tenant, document } = await findOwn(rulesets, request, request.params.id)
      return compare(await other(request, tenant, request.query.against), document)
    },
  )
  app.post(
    '/v1/rulesets/diff',
    {
      bodyLimit: RULESET_BYTES_MAX,
      config: RULESET_READERS,
      schema: { tags, summary: 'The same of a document, without storing it', querystring: Against, body: RulesetBody },
    },
    async (request) => {
      const document = parse(request.body)
      mustOwn(request, document.tenant)
      return compare(await other(request, document.tenant, request.query.against), document)
    },
  )
}
