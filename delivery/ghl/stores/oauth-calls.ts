import type {
  Company,
  CompanyTokenAnswer,
  InstalledLocation,
  InstalledLocationsAnswer,
  LocationTokenAnswer,
} from '../steps/ghl-bodies.ts'
import { GhlFault } from '../steps/ghl-fault.ts'
import type { GhlHttp } from './ghl-http.ts'

export type GhlApp = { clientId: string; clientSecret: string }

/** It runs inside a transaction, which Postgres ends after 30 s of idleness: an answer after that would be lost. */
const REFRESH_TIMEOUT_MS = 20_000

/** Tokens and what the app is installed in. They count against the company's limit, which all sub-accounts share. */
export function createOauthCalls(http: GhlHttp, app: GhlApp | null) {
  const client = (): Record<string, string> => {
    if (app === null) throw noApp()
    return { client_id: app.clientId, client_secret: app.clientSecret, user_type: 'Company' }
  }
  return {
    /** Whose code it is, is in the answer: these calls have a bucket of their own. */
    exchangeCode: async (code: string, redirectUri: string): Promise<CompanyTokenAnswer> =>
      http.send({
        operation: 'exchange-code',
        form: { ...client(), grant_type: 'authorization_code', code, redirect_uri: redirectUri },
        bucket: companyBucket('unknown'),
      }),

    refreshCompanyToken: async (tenant: string, refreshToken: string): Promise<CompanyTokenAnswer> =>
      http.send({
        operation: 'refresh-company-token',
        form: { ...client(), grant_type: 'refresh_token', refresh_token: refreshToken },
        bucket: companyBucket(tenant),
        timeoutMsMax: REFRESH_TIMEOUT_MS,
      }),

    mintLocationToken: (tenant: string, locationId: string, token: string): Promise<LocationTokenAnswer> =>
      http.send({
        operation: 'mint-location-token',
        form: { companyId: tenant, locationId },
        token,
        bucket: companyBucket(tenant),
      }),

    /** One page, `limit` at most 100. `installed`: only those with the app, or only those without. */
    listInstalledLocations: async (
      tenant: string,
      token: string,
      page: { skip: number; limit: number; installed?: boolean },
    ): Promise<InstalledLocation[]> => {
      const answer = await http.send<InstalledLocationsAnswer>({
        operation: 'list-installed-locations',
        query: {
          companyId: tenant,
          appId: app?.clientId.split('-')[0],
          skip: page.skip,
          limit: page.limit,
          isInstalled: page.installed,
        },
        token,
        bucket: companyBucket(tenant),
      })
      return answer.locations
    },

    getCompany: async (tenant: string, token: string): Promise<Company> => {
      const answer = await http.send<{ company: Company }>({
        operation: 'get-company',
        params: { companyId: tenant },
        token,
        bucket: companyBucket(tenant),
      })
      return answer.company
    },
  }
}

/** As for an agency that is not connected: its leads wait, and a stored token is not spent on a call that cannot succeed. */
const noApp = (): GhlFault =>
  new GhlFault({ operation: 'read-company-token', status: 403, message: 'delivery was started without GHL_CLIENT_ID' })

/** The bucket of calls that are made with the agency's own token. */
export const companyBucket = (tenant: string): string => `company:${tenant}`
