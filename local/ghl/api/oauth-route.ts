import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { entityId } from '../people/draw.ts'
import type { Journal } from '../record/journal.ts'
import type { Access } from './access.ts'
import { badRequest, unauthorized } from './api-error.ts'
import { type Tokens, tokenLifeS } from './tokens.ts'

export type OauthOptions = {
  journal: Journal
  access: Access
  tokens: Tokens
  clientId: string
  clientSecret: string
  appId: string
  seed: string
  firstRefreshToken: string
}

const TokenBody = Type.Object(
  {
    client_id: Type.String(),
    client_secret: Type.String(),
    grant_type: Type.String(),
    refresh_token: Type.Optional(Type.String()),
    code: Type.Optional(Type.String()),
    user_type: Type.Optional(Type.String()),
    redirect_uri: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)
const LocationTokenBody = Type.Object(
  { companyId: Type.String(), locationId: Type.String() },
  { additionalProperties: false },
)

const SCOPE =
  'contacts.readonly contacts.write opportunities.readonly opportunities.write locations.readonly oauth.write'

/** Company tokens by refresh token, which is good for one use; sub-account tokens by company token. */
export function oauthRoute(options: OauthOptions): FastifyPluginCallbackTypebox {
  const { journal, access, tokens, seed } = options
  const userId = entityId(seed, 'agency user')
  return (app, _options, done) => {
    app.post('/oauth/token', { schema: { body: TokenBody } }, async (request) => {
      const { client_id, client_secret, grant_type, refresh_token } = request.body
      if (client_id !== options.clientId || client_secret !== options.clientSecret) {
        throw unauthorized('Invalid client: client is invalid')
      }
      if (grant_type !== 'refresh_token')
        throw badRequest('Unsupported grant type', { error: 'unsupported_grant_type' })
      const companyId = journal.state.organisation?.companyId
      if (!companyId) throw badRequest('Company not found')
      const current = journal.state.refresh ?? { token: options.firstRefreshToken, uses: 0 }
      if (refresh_token !== current.token) {
        throw badRequest('Invalid grant: refresh token is invalid', {
          error: 'invalid_grant',
          error_description: 'Invalid grant: refresh token is invalid',
        })
      }
      const uses = current.uses + 1
      const next = refreshTokenOf(seed, uses)
      await journal.commit([{ k: 'refresh', token: next, uses }])
      return {
        access_token: tokens.issue({ authClass: 'Company', authClassId: companyId, jti: `${uses}` }),
        token_type: 'Bearer',
        expires_in: tokenLifeS,
        refresh_token: next,
        scope: SCOPE,
        userType: 'Company',
        companyId,
        userId,
        isBulkInstallation: true,
      }
    })

    app.post('/oauth/locationToken', { schema: { body: LocationTokenBody } }, async (request, reply) => {
      const companyId = access.company(request, reply)
      const { locationId } = request.body
      if (request.body.companyId !== companyId) throw badRequest('Company does not match the token')
      if (!journal.state.locations.has(locationId)) throw badRequest('Location not found')
      return {
        access_token: tokens.issue({ authClass: 'Location', authClassId: locationId, jti: request.id }),
        token_type: 'Bearer',
        expires_in: tokenLifeS,
        scope: SCOPE,
        locationId,
        userId,
        appId: options.appId,
        versionId: options.appId,
      }
    })
    done()
  }
}

export const refreshTokenOf = (seed: string, uses: number): string =>
  entityId(seed, 'refresh token', uses) + entityId(seed, 'refresh token, second half', uses)
