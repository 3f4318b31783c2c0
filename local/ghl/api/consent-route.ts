import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import Type, { type Static } from 'typebox'
import type { Installations } from '../installations.ts'
import type { State } from '../record/state.ts'
import { badRequest } from './api-error.ts'
import type { Codes } from './codes.ts'

export type ConsentOptions = { state: State; installations: Installations; clientId: string; codes: Codes }

const Question = Type.Object({
  response_type: Type.Literal('code'),
  client_id: Type.String(),
  redirect_uri: Type.String({ pattern: '^https?://' }),
  scope: Type.String({ minLength: 1 }),
  state: Type.Optional(Type.String()),
})
type Question = Static<typeof Question>

/** The page on which a person of the agency agrees. It is GHL's in truth, so it looks like nobody's here. */
export function consentRoute({ state, installations, clientId, codes }: ConsentOptions): FastifyPluginCallbackTypebox {
  const check = (question: Question): void => {
    if (question.client_id !== clientId) throw badRequest('Invalid client: client is invalid')
    if (!state.organisation) throw badRequest('Company not found')
  }
  return (app, _options, done) => {
    app.get('/oauth/chooselocation', { schema: { querystring: Question } }, async ({ query }, reply) => {
      check(query)
      const { name, companyId, locations } = state.organisation!
      return reply.type('text/html; charset=utf-8').send(page(query, name ?? companyId, locations.length))
    })
    app.get('/oauth/agree', { schema: { querystring: Question } }, async ({ query }, reply) => {
      check(query)
      const target = new URL(query.redirect_uri)
      target.searchParams.set('code', codes.give(query.redirect_uri))
      if (query.state) target.searchParams.set('state', query.state)
      await installations.install(true)
      return reply.redirect(target.href)
    })
    done()
  }
}

function page(question: Question, agency: string, locationsCount: number): string {
  const fields = Object.entries(question).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${text(value)}">`,
  )
  const refusal = new URL(question.redirect_uri)
  refusal.searchParams.set('error', 'access_denied')
  if (question.state) refusal.searchParams.set('state', question.state)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Connect ${text(agency)} (simulator)</title>
<style>
  body { max-width: 30rem; margin: 12vh auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif }
  button { padding: .5rem 1.2rem; font: inherit }
  a { margin-left: 1rem }
  small { color: GrayText }
</style>
<main>
  <p><small>This page plays GoHighLevel. No real account is touched.</small></p>
  <h1>${text(agency)}</h1>
  <p>An app asks to reach this agency and its ${locationsCount} sub-accounts: contacts, opportunities and workflows.</p>
  <form action="/oauth/agree">${fields.join('')}<button type="submit">Agree</button>
  <a href="${text(refusal.href)}">Refuse</a></form>
</main>
</html>
`
}

const text = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
