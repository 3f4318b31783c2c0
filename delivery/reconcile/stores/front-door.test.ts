import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { derivedSecret } from '../../../kernel/derived-secret.ts'
import { createFrontDoor } from './front-door.ts'

type Answer = { status: number; body?: object; retryAfter?: string }

let server: Server | undefined
afterEach(() => void server?.close())

/** A gateway that answers so, one after another. */
async function gateway(...answers: Answer[]) {
  const seen: { headers: IncomingHttpHeaders; atMs: number }[] = []
  server = createServer((request, response) => {
    seen.push({ headers: request.headers, atMs: performance.now() })
    const { status, body = {}, retryAfter } = answers.shift()!
    response.writeHead(status, retryAfter ? { 'retry-after': retryAfter } : {}).end(JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server!.once('listening', resolve))
  const ingestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { seen, door: createFrontDoor({ ingestUrl, secretKey: 'key', timeoutMs: 5_000 }) }
}
const body = { type: 'ContactCreate', locationId: 'L', id: 'c', timestamp: '2026-11-22T12:00:00.000Z' }

test('says whether it was news, with the secret that the gateway derives too', async () => {
  const { seen, door } = await gateway(
    { status: 202, body: { duplicate: false } },
    { status: 202, body: { duplicate: true } },
  )
  expect([await door(body), await door(body)]).toEqual([{ duplicate: false }, { duplicate: true }])
  expect(seen[0]!.headers['x-hexroute-secret']).toBe(derivedSecret('key', 'reconcile'))
})

test('429 is obeyed: the same body again, not before the gateway said', async () => {
  const { seen, door } = await gateway({ status: 429, retryAfter: '1' }, { status: 202, body: { duplicate: false } })
  expect(await door(body)).toEqual({ duplicate: false })
  expect(seen[1]!.atMs - seen[0]!.atMs).toBeGreaterThanOrEqual(990)
})

test.each([
  [401, 'INGEST_SECRET'],
  [404, 'INGEST_SECRET'],
  [400, 'INGEST_REFUSED'],
  [413, 'INGEST_REFUSED'],
])('%i is not asked again: %s', async (status, code) => {
  const { seen, door } = await gateway({ status })
  await expect(door(body)).rejects.toMatchObject({ code })
  expect(seen).toHaveLength(1)
})
