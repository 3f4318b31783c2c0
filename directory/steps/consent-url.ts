import { ghlScopes } from '../../contracts/ghl-app.ts'

export type ConsentUrlParts = { oauthUrl: string; clientId: string; redirectUri: string; state: string }

/** GHL's page on which a person of the agency agrees; it sends the browser to `redirectUri` with a code. */
export function consentUrl({ oauthUrl, clientId, redirectUri, state }: ConsentUrlParts): string {
  const url = new URL(oauthUrl)
  const query = { response_type: 'code', redirect_uri: redirectUri, client_id: clientId, scope: ghlScopes.join(' ') }
  for (const [name, value] of Object.entries({ ...query, state })) url.searchParams.set(name, value)
  // GHL's page is known to read one way of writing a space wrongly: this is the one of its own examples.
  return url.href.replaceAll('+', '%20')
}
