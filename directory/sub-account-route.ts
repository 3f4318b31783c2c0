import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { DateTime } from 'luxon'
import Type from 'typebox'
import { SubAccount } from '../contracts/sub-account.ts'
import { askDelivery } from './ask-delivery.ts'
import { mustReachAll, tenantFor } from './authorise.ts'
import { problems } from './problems.ts'
import { ADMIN, IdParams, PageQuery, tenant } from './route-schemas.ts'
import type { AskDelivery } from './stores/delivery-link.ts'
import type { OrganisationStore } from './stores/organisation-store.ts'
import type { SubAccountStore } from './stores/sub-account-store.ts'

export type SubAccountDeps = {
  askDelivery: AskDelivery
  subAccounts: SubAccountStore
  organisation: Pick<OrganisationStore, 'onlyTenant'>
  changed: () => Promise<void>
}

const tags = ['connection']
const Count = Type.Integer({ minimum: 0 })
const Counts = Type.Object({ known: Count, installed: Count, intakes: Count, locations: Count, unread: Count })
const ListQuery = Type.Interface([PageQuery], {
  tenant,
  // It holds a name, as long as GHL lets it be.
  cursor: Type.String({ default: '', maxLength: 1_500, description: '`next` of the page before' }),
  search: Type.String({ default: '', maxLength: 100, description: 'Part of name, city or id' }),
  show: Type.Enum(['all', 'installed', 'intake', 'location', 'unused'], { default: 'all' }),
})
const List = Type.Object({
  items: Type.Array(SubAccount),
  next: Type.Union([Type.String(), Type.Null()]),
  counts: Counts,
})
const Use = Type.Object(
  {
    use: Type.Enum(['intake', 'none']),
    timeZone: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'IANA zone, where GHL names none' }),
    ),
  },
  { additionalProperties: false },
)

/** What the agency has in GHL, and which of it takes leads in. */
export const subAccountRoute: FastifyPluginAsyncTypebox<SubAccountDeps> = async (app, deps) => {
  const { subAccounts, organisation, changed } = deps
  const tenantOfWhole = async (request: FastifyRequest, named: string | undefined): Promise<string> => {
    const of = await tenantFor(request, named, organisation.onlyTenant)
    mustReachAll(request, of)
    return of
  }

  app.get(
    '/v1/ghl/sub-accounts',
    {
      config: ADMIN,
      schema: { tags, summary: 'Sub-accounts by name', querystring: ListQuery, response: { 200: List } },
    },
    async (request) => {
      const { search, show, cursor, limit } = request.query
      const of = await tenantOfWhole(request, request.query.tenant)
      const filter = { search, show }
      const [page, counts] = await Promise.all([
        subAccounts.list(of, filter, cursor, Number(limit)),
        subAccounts.counts(of),
      ])
      return { ...page, counts }
    },
  )
  app.post(
    '/v1/ghl/sub-accounts/read',
    {
      config: { ...ADMIN, audit: 'ghl.sub-accounts-read' },
      schema: {
        tags,
        summary: 'Read all sub-accounts from GHL now',
        description: 'Two calls for each 100 sub-accounts, within the limits of GHL.',
        body: Type.Object({ tenant }, { additionalProperties: false }),
        response: { 200: Counts },
      },
    },
    async (request) => {
      const of = await tenantOfWhole(request, request.body.tenant)
      await askDelivery(deps.askDelivery, { kind: 'sub-accounts', tenant: of }, 'sub-accounts')
      request.audited = { subject: of, detail: {} }
      return subAccounts.counts(of)
    },
  )
  app.put(
    '/v1/ghl/sub-accounts/:id',
    {
      config: { ...ADMIN, audit: 'ghl.sub-account-use' },
      schema: {
        tags,
        summary: 'Take the leads of a sub-account in, or not',
        description: 'One that receives leads is made with `PUT /v1/locations/:id`: it needs a region and a point.',
        params: IdParams,
        querystring: Type.Object({ tenant }),
        body: Use,
        response: { 200: SubAccount },
      },
    },
    async (request) => {
      const { id } = request.params
      const of = await tenantOfWhole(request, request.query.tenant)
      const place = await subAccounts.find(of, id)
      if (!place) throw new problems.notFound('sub-account')
      const { use } = request.body
      if (place.use === 'location')
        throw new problems.conflict('This sub-account receives leads by the ruleset. One sub-account cannot do both.')
      if (use === 'none') await subAccounts.stopIntake(of, id)
      else if (!(await subAccounts.useAsIntake(of, { ...place, timeZone: zoneOf(place, request.body.timeZone) })))
        throw new problems.conflict(
          'A location of another agency has the id of this sub-account. The operator has to remove it there first.',
        )
      await changed()
      request.audited = { subject: id, detail: { tenant: of, use } }
      return (await subAccounts.find(of, id))!
    },
  )
}

function zoneOf({ timeZone }: SubAccount, given: string | undefined): string {
  const zone = given ?? timeZone
  if (zone === null) throw new problems.badRequest('GoHighLevel names no time zone for it: say timeZone.')
  if (!DateTime.now().setZone(zone).isValid)
    throw new problems.badRequest(`${zone} is no IANA time zone, such as America/New_York.`)
  return zone
}
