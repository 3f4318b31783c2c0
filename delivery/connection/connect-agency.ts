import type { DeliveryReply, DeliveryRequestOf } from '../../contracts/delivery-request.ts'
import type { Clock } from '../../kernel/clock.ts'
import { GhlFault } from '../ghl/steps/ghl-fault.ts'
import type { GhlClient } from '../ghl/stores/ghl-client.ts'
import { refused } from './steps/refusal-of.ts'
import type { CompanyStore } from './stores/company-store.ts'

export type ConnectDeps = {
  ghl: Pick<GhlClient, 'exchangeCode' | 'getCompany'>
  companies: CompanyStore
  clock: Clock
  /** The tokens that processes hold of this agency are another's now. */
  changed: (tenant: string) => void
  connection: (tenant: string) => Promise<DeliveryReply>
}

/** Exchanges the code that GHL gave the browser, once, and keeps the tokens: the agency is made where it is new. */
export async function connectAgency(deps: ConnectDeps, request: DeliveryRequestOf<'connect'>): Promise<DeliveryReply> {
  const { ghl, companies, clock } = deps
  const answer = await ghl.exchangeCode(request.code, request.redirectUri).catch((error: unknown) => {
    if (error instanceof GhlFault && error.status >= 400 && error.status < 500 && error.status !== 429) return error
    throw error
  })
  if (answer instanceof GhlFault) {
    return refused('GHL_CODE_REFUSED', `GoHighLevel did not take its own code: ${answer.message}. Begin again.`)
  }
  const { companyId: tenant, locationId, userType } = answer
  if (!tenant || locationId || (userType && userType !== 'Company')) {
    return refused('GHL_CODE_REFUSED', 'A sub-account was chosen. Choose the agency: the app installs for all of it.')
  }
  if (request.tenant !== null && request.tenant !== tenant) {
    return refused('GHL_OTHER_AGENCY', `GoHighLevel connected the agency ${tenant}, but ${request.tenant} asked.`)
  }
  const nowMs = clock()
  const connected = { tenant, scopes: answer.scope ?? null, at: new Date(nowMs) }
  const tokens = { accessToken: answer.access_token, refreshToken: answer.refresh_token }
  const expiresAt = new Date(nowMs + answer.expires_in * 1_000)
  // Stored before anything else is asked: the code is spent, and these tokens are all that there is.
  await companies.saveConnected({ ...connected, ...tokens, expiresAt, name: null })
  deps.changed(tenant)
  const company = await ghl.getCompany(tenant, answer.access_token).catch(() => null)
  if (company?.name) await companies.saveName(tenant, company.name)
  return deps.connection(tenant)
}
