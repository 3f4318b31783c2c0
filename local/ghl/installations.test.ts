import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { Value } from 'typebox/value'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildApp } from './app.ts'
import { Env } from './env.ts'
import { openJournal } from './record/journal.ts'

const env = Value.Default(Env, {
  GHL_SIM_PRIVATE_KEY_FILE: '',
  GHL_SIM_DATA_DIR: '',
  GHL_APP_ID: 'app',
  GHL_CLIENT_ID: 'app-1',
  GHL_CLIENT_SECRET: 'secret',
  GHL_SIM_REFRESH_TOKEN: 'first',
  // Port 9 (discard): nobody listens.
  WEBHOOK_URL: 'http://127.0.0.1:9/',
}) as Env
const redirectUri = 'https://hexroute.example/v1/oauth/callback'
const question = { response_type: 'code', client_id: 'app-1', redirect_uri: redirectUri, scope: 'x', state: 's<1>' }

let app: FastifyInstance

beforeEach(async () => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  app = await buildApp({ env, journal: await openJournal(mkdtempSync(join(tmpdir(), 'hexroute-app-'))), privateKeyPem })
  const locations = ['a', 'b', 'c'].map((id) => ({ id, name: `Shop ${id}`, intake: false }))
  await app.inject({ method: 'PUT', url: '/_sim/organisation', payload: { companyId: 'co', name: 'Co', locations } })
})
afterEach(() => app.close())

async function token(grant: Record<string, string>) {
  const form = { client_id: 'app-1', client_secret: 'secret', user_type: 'Company', ...grant }
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const payload = new URLSearchParams(form).toString()
  const answer = await app.inject({ method: 'POST', url: '/oauth/token', headers, payload })
  return { status: answer.statusCode, body: answer.json() }
}
const exchange = (code: string) => token({ grant_type: 'authorization_code', code, redirect_uri: redirectUri })
async function agree(): Promise<string> {
  const answer = await app.inject({ url: '/oauth/agree', query: question })
  const target = new URL(String(answer.headers.location))
  expect(target.searchParams.get('state')).toBe(question.state)
  return target.searchParams.get('code') ?? ''
}
async function installed(accessToken: string, more: Record<string, string> = {}) {
  const headers = { authorization: `Bearer ${accessToken}`, version: '2021-07-28' }
  const query = { companyId: 'co', appId: 'app', limit: '100', ...more }
  const answer = await app.inject({ url: '/oauth/installedLocations', query, headers })
  return { status: answer.statusCode, ids: answer.json().locations?.map(({ _id }: { _id: string }) => _id) }
}

test('who agrees comes back with a code that is good once', async () => {
  const page = await app.inject({ url: '/oauth/chooselocation', query: question })
  expect(page.body).toContain('value="s&lt;1&gt;"')
  const code = await agree()
  const { status, body } = await exchange(code)
  expect([status, body.companyId, body.userType]).toEqual([200, 'co', 'Company'])
  expect((await exchange(code)).body.error).toBe('invalid_grant')
})

test('a page that asks for another app is refused', async () => {
  const answer = await app.inject({ url: '/oauth/chooselocation', query: { ...question, client_id: 'other' } })
  expect(answer.statusCode).toBe(400)
})

test('sub-accounts are told by pages, with the app in them or not', async () => {
  const { body } = await exchange(await agree())
  const remove = (payload: object) => app.inject({ method: 'POST', url: '/_sim/uninstall', payload })
  expect((await remove({ locationId: 'b' })).statusCode).toBe(200)
  expect((await remove({ locationId: 'nowhere' })).statusCode).toBe(404)
  expect((await installed(body.access_token, { isInstalled: 'true' })).ids).toEqual(['a', 'c'])
  expect((await installed(body.access_token, { skip: '1', limit: '1' })).ids).toEqual(['b'])
})

test('an agency that throws the app out voids every token of it, until it agrees again', async () => {
  const { body } = await exchange(await agree())
  await app.inject({ method: 'POST', url: '/_sim/uninstall' })
  expect((await installed(body.access_token)).status).toBe(401)
  expect((await token({ grant_type: 'refresh_token', refresh_token: body.refresh_token })).status).toBe(400)
  const again = await exchange(await agree())
  expect((await installed(again.body.access_token)).ids).toEqual(['a', 'b', 'c'])
})
