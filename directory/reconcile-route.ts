import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { ReconcileReport } from '../contracts/delivery-request.ts'
import { askDelivery } from './ask-delivery.ts'
import { tenantFor } from './authorise.ts'
import { ADMIN, tenant } from './route-schemas.ts'
import type { AskDelivery } from './stores/delivery-link.ts'

export type ReconcileRouteDeps = { askDelivery: AskDelivery; onlyTenant: () => Promise<string | null> }

const Body = Type.Object({ tenant }, { additionalProperties: false })

/** Compares with GHL now, instead of at the next hour. */
export const reconcileRoute: FastifyPluginAsyncTypebox<ReconcileRouteDeps> = async (app, deps) => {
  app.post(
    '/v1/reconcile',
    {
      config: { ...ADMIN, audit: 'reconcile' },
      schema: {
        tags: ['connection'],
        summary: 'Compare an agency with GoHighLevel now',
        description: 'What GHL has and no webhook told is taken in; what it does not have any more is counted.',
        body: Body,
        response: { 200: ReconcileReport },
      },
    },
    async (request) => {
      const whose = await tenantFor(request, request.body.tenant, deps.onlyTenant)
      request.audited = { subject: whose, detail: {} }
      const { report } = await askDelivery(deps.askDelivery, { kind: 'reconcile', tenant: whose }, 'reconciled')
      return report
    },
  )
}
