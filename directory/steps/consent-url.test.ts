import { expect, test } from 'vitest'
import { ghlScopes } from '../../contracts/ghl-app.ts'
import { consentUrl } from './consent-url.ts'

test('scopes are set apart by %20, and the way back is whole', () => {
  const parts = { oauthUrl: 'https://ghl.example/oauth', clientId: 'app-1', state: 'a_b-c' }
  const url = consentUrl({ ...parts, redirectUri: 'https://hexroute.example/v1/oauth/callback?a=b+c' })
  expect(url).toContain('scope=oauth.readonly%20oauth.write%20')
  expect(url).not.toContain('+')
  expect(new URL(url).searchParams.get('scope')?.split(' ')).toEqual([...ghlScopes])
  expect(new URL(url).searchParams.get('redirect_uri')).toBe('https://hexroute.example/v1/oauth/callback?a=b+c')
})
