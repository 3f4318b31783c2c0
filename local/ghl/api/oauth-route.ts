import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import Type, { type Static } from 'typebox'
import { entityId } from '../people/draw.ts'
import type { Journal } from '../record/journal.ts'
import { type Access, generationOf } from './access.ts'
import { badRequest, unauthorized } from './api-error.ts'
import type { Codes } from './codes.ts'
import type { Tokens } from './tokens.ts'

export type OauthOptions = {
  journal: Journal
  access: Access
  tokens: Tokens
  clientId: string
  clientSecret: string
  appId: string
  seed: string
  firstRefreshToken: string
  codes: Codes
  tokenLifeS: () => number
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
type Grant = Static<typeof TokenBody>
const LocationTokenBody = Type.Object(
  { companyId: Type.String(), locationId: Type.String() },
  { additionalProperties: false },
)

const digits = (preset: string) => Type.String({ pattern: '^\\d+$', default: preset })
const InstalledQuery = Type.Object({
  companyId: Type.String(),
  appId: Type.String(),
  skip: digits('0'),
  limit: digits('20'),
  query: Type.Optional(Type.String()),
  isInstalled: Type.Optional(Type.Enum(['true', 'false'])),
})

const SCOPE =
  'contacts.readonly contacts.write opportunities.readonly opportunities.write locations.readonly oauth.write'

/** Company tokens by refresh token, which is good for one use; sub-account tokens by company token. */
export function oauthRoute(options: OauthOptions): FastifyPluginCallbackTypebox {
  const { journal, access, tokens, seed } = options
  const userId = entityId(seed, 'agency user')
  const issue = (authClass: 'Company' | 'Location', authClassId: string, jti: string): string =>
    tokens.issue({ authClass, authClassId, jti, generation: generationOf(journal.state, authClassId) })
  return (app, _options, done) => {
    app.post('/oauth/token', { schema: { body: TokenBody } }, async (request) => {
      const { client_id, client_secret } = request.body
      if (client_id !== options.clientId || client_secret !== options.clientSecret) {
        throw unauthorized('Invalid client: client is invalid')
      }
      const companyId = journal.state.organisation?.companyId
      if (!companyId) throw badRequest('Company not found')
      const current = journal.state.refresh ?? { token: options.firstRefreshToken, uses: 0 }
      checkGrant(options, request.body, current.token)
      const uses = current.uses + 1
      const next = refreshTokenOf(seed, uses)
      await journal.commit([{ k: 'refresh', token: next, uses }])
      return {
        access_token: issue('Company', companyId, `${uses}`),
        token_type: 'Bearer',
        expires_in: options.tokenLifeS(),
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
      const location = journal.state.locations.get(locationId)
      if (!location) throw badRequest('Location not found')
      if (location.installed === false) throw badRequest('The app is not installed in this location')
      return {
        access_token: issue('Location', locationId, request.id),
        token_type: 'Bearer',
        expires_in: options.tokenLifeS(),
        scope: SCOPE,
        locationId,
        userId,
        appId: options.appId,
        versionId: options.appId,
      }
    })
    app.register(installedLocations(options))
    done()
  }
}

function installedLocations({ journal, access, appId }: OauthOptions): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    app.get('/oauth/installedLocations', { schema: { querystring: InstalledQuery } }, async (request, reply) => {
      const companyId = access.company(request, reply)
      const { query, skip, limit, isInstalled } = request.query
      if (request.query.companyId !== companyId) throw badRequest('Company does not match the token')
      const all = [...journal.state.locations.values()].filter(
        ({ name, installed = true }) =>
          name.toLowerCase().includes((query ?? '').toLowerCase()) &&
          (isInstalled === undefined || String(installed) === isInstalled),
      )
      const locations = all.slice(Number(skip), Number(skip) + Number(limit)).map((place) => ({
        _id: place.id,
        name: place.name,
        address: [place.city, place.state, place.postalCode, place.country].filter(Boolean).join(', '),
        isInstalled: place.installed !== false,
        versionId: appId,
      }))
      return { locations, count: all.length, installToFutureLocations: true }
    })
    done()
  }
}

/** A refresh token and a code are good for one use. @throws as GHL answers a grant that is not. */
function checkGrant({ journal, codes }: OauthOptions, body: Grant, refreshToken: string): void {
  const invalid = (what: string) => {
    const error_description = `Invalid grant: ${what} is invalid`
    return badRequest(error_description, { error: 'invalid_grant', error_description })
  }
  switch (body.grant_type) {
    case 'refresh_token':
      if (body.refresh_token !== refreshToken || journal.state.organisation?.installed === false)
        throw invalid('refresh token')
      return
    case 'authorization_code':
      if (!codes.take(body.code ?? '', body.redirect_uri ?? '')) throw invalid('authorization code')
      return
    default:
      throw badRequest('Unsupported grant type', { error: 'unsupported_grant_type' })
  }
}

export const refreshTokenOf = (seed: string, uses: number): string =>
  entityId(seed, 'refresh token', uses) + entityId(seed, 'refresh token, second half', uses)
