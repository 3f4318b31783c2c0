import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createPostJson, type PostResult } from './post-json.ts'

let server: Server
let port: number
let answer: RequestListener
let connections = 0
let requests: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url ?? '')
    answer(request, response)
  })
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
beforeEach(() => {
  connections = 0
  requests = []
  answer = (_request, response) => void response.end('ok')
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** A resolver that gives these answers one after another, the last for ever. */
const resolver = (...answers: string[][]) => {
  let calls = 0
  return async () => {
    const addresses = answers[Math.min(calls, answers.length - 1)] ?? []
    calls += 1
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
}
const guarded = (...answers: string[][]) =>
  createPostJson({ timeoutMs: 300, allowPrivate: false, resolve: resolver(...answers) })
const open = createPostJson({ timeoutMs: 300, allowPrivate: true })
const local = (path = '/') => `http://127.0.0.1:${port}${path}`

test.each([
  ['loopback', ['127.0.0.1']],
  ['loopback in IPv6', ['::1']],
  ['loopback mapped into IPv6', ['::ffff:127.0.0.1']],
  ['unspecified', ['0.0.0.0']],
  ['cloud metadata', ['169.254.169.254']],
  ['a private address among public ones', ['93.184.215.14', '10.0.0.1']],
])('a name that leads to %s is not connected to', async (_what, addresses) => {
  const result = await guarded(addresses)(`https://hooks.example.com:${port}/`, '{}', {})
  expect(result).toMatchObject({ kind: 'refused', detail: expect.stringMatching(/not public/) })
  expect(connections).toBe(0)
})

test.each([
  '127.0.0.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.1',
  '0',
  '[::1]',
  '[::ffff:127.0.0.1]',
  'localhost',
])('https://%s is not connected to, and no resolver is asked', async (host) => {
  const post = createPostJson({
    timeoutMs: 300,
    allowPrivate: false,
    resolve: () => Promise.reject(new Error('asked')),
  })
  expect(await post(`https://${host}:${port}/`, '{}', {})).toMatchObject({ kind: 'refused' })
  expect(connections).toBe(0)
})

test('every call asks for the address anew: what a name was at one time does not count', async () => {
  const post = guarded([], ['127.0.0.1'])
  expect((await post(`https://rebind.example.com:${port}/`, '{}', {})).kind).toBe('not-sent')
  expect((await post(`https://rebind.example.com:${port}/`, '{}', {})).kind).toBe('refused')
  expect(connections).toBe(0)
})

test('http is refused, also to a public name', async () => {
  expect(await guarded(['93.184.215.14'])('http://hooks.example.com/', '{}', {})).toMatchObject({ kind: 'refused' })
})

test('a redirect is an answer and is not followed', async () => {
  answer = (_request, response) => void response.writeHead(307, { location: local('/private') }).end()
  expect(await open(local('/hook'), '{}', {})).toEqual({ kind: 'answered', status: 307 })
  expect(requests).toEqual(['/hook'])
})

test('what left and was not answered is lost; what never left is not', async () => {
  answer = () => undefined
  expect((await open(local(), '{}', {})).kind).toBe('lost')
  answer = (request) => void request.socket.destroy()
  expect((await open(local(), '{}', {})).kind).toBe('lost')
  expect(await open('http://127.0.0.1:1/', '{}', {})).toEqual({ kind: 'not-sent', detail: 'ECONNREFUSED' })
  const nameless = createPostJson({ timeoutMs: 300, allowPrivate: true, resolve: resolver([]) })
  expect((await nameless('http://nowhere.example/', '{}', {})).kind).toBe('not-sent')
})

test('an endless answer costs neither memory nor time', async () => {
  answer = (_request, response) => {
    const pour = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
    }
    response.on('drain', pour)
    pour()
  }
  const startedMs = performance.now()
  const result: PostResult = await open(local(), '{}', {})
  expect(result).toEqual({ kind: 'answered', status: 200 })
  expect(performance.now() - startedMs).toBeLessThan(5_000)
})
