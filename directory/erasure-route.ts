import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { derivedSecret } from '../kernel/derived-secret.ts'
import { mustReachAll, tenantFor } from './authorise.ts'
import { type Erased, type ErasePersonDeps, erasePerson } from './erasure/erase-person.ts'
import { ErasureAsk, type Sought, soughtOf } from './erasure/steps/sought.ts'
import { problems } from './problems.ts'
import { ADMIN } from './route-schemas.ts'

export type ErasureRouteDeps = {
  erasure: ErasePersonDeps
  onlyTenant: () => Promise<string | null>
  secretKey: string
}

const Answer = Type.Object({
  tenant: Type.String(),
  leads: Type.Integer({ description: 'Leads whose person was erased now; they stay as numbers' }),
  contacts: Type.Integer({ description: 'Contacts that the person was known as' }),
  messages: Type.Integer({ description: 'Messages erased from the streams' }),
  ghl: Type.Union([Type.Object({ marked: Type.Integer(), gone: Type.Integer() }), Type.Null()]),
  left: Type.Integer({
    description:
      'Decisions with an exact point that delivery has yet to settle: they go with the age of the stream, 14 days at most',
  }),
})

/** One person is forgotten, by e-mail, phone or contact. */
export const erasureRoute: FastifyPluginAsyncTypebox<ErasureRouteDeps> = async (app, deps) => {
  app.post(
    '/v1/erasures',
    {
      config: { ...ADMIN, audit: 'person.erase' },
      schema: {
        tags: ['leads'],
        summary: "Erase one person's data everywhere",
        description:
          'Leads stay as numbers, with their outcome. The contacts in GoHighLevel are tagged `erasure-requested`: whether ' +
          'they go there too is for people to decide. Asked again it does what is left; who comes again later is a new person.',
        body: ErasureAsk,
        response: { 200: Answer },
      },
    },
    async (request) => {
      const tenant = await tenantFor(request, request.body.tenant, deps.onlyTenant)
      mustReachAll(request, tenant)
      const sought = soughtOf(tenant, request.body)
      if (!sought) throw new problems.badRequest('Say who: a valid email, phone (E.164), or contact.')
      const subject = fingerprint(sought, deps.secretKey)
      const erased: Erased = await erasePerson(deps.erasure, sought, request.body.withoutGhl !== true)
      request.audited = { subject, detail: { tenant, ...erased } }
      return { tenant, ...erased }
    },
  )
}

/** The audit log can prove that this person was erased to who knows the key and the person; it names nobody. */
const fingerprint = ({ emails, phones, contacts }: Sought, secretKey: string): string =>
  derivedSecret(secretKey, ['erasure', ...emails, ...phones, ...contacts].join(' '))
