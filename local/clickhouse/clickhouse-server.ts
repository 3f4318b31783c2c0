import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { hostname } from 'node:os'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { answerHeaders } from './answer-headers.ts'
import type { Engine, Outcome, Statement } from './engine.ts'
import { ClickhouseException, httpStatus, readException } from './exception.ts'
import { readRequest } from './read-request.ts'
import { isInsert } from './statement-kind.ts'

/** The engine gave up on itself and refuses everything from here on: only a new process helps. */
const ENGINE_ABORTED = 236
const RUNNING_MAX = 200
/** As ClickHouse's http_max_uri_size: settings travel in the URL, and a filter may name many locations. */
const URL_BYTES_MAX = 1024 ** 2

/** ClickHouse's HTTP interface in front of the engine. */
export function createClickhouseServer(engine: Engine, onAborted: () => void): Server {
  const running = { count: 0 }
  const server = createServer({ keepAliveTimeout: 30_000, maxHeaderSize: URL_BYTES_MAX }, (request, response) => {
    handle(engine, running, request, response).catch((error: unknown) => {
      fail(engine, response, error)
      if (readException(error).code === ENGINE_ABORTED) onAborted()
    })
  })
  return server
}

async function handle(
  engine: Engine,
  running: { count: number },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  refuseBrowsers(request)
  if (url.pathname === '/ping' || url.pathname === '/replicas_status') return say(response, 200, 'Ok.\n')
  if (url.pathname !== '/') return say(response, 404, `There is no handle ${url.pathname}\n`)
  const statement = await readRequest(request, url)
  if (!statement.sql && statement.body.length === 0) return say(response, 200, 'Ok.\n')
  commonHeaders(response, statement.queryId)
  if (running.count >= RUNNING_MAX)
    throw new ClickhouseException(
      202,
      `Too many simultaneous queries. Maximum: ${RUNNING_MAX}`,
      'TOO_MANY_SIMULTANEOUS_QUERIES',
    )
  running.count++
  const stopWatching = cancelWhenGone(engine, statement, response)
  try {
    await send(request, response, statement, await engine.run(statement))
  } finally {
    stopWatching()
    running.count--
  }
}

/** Nobody waits for the answer of a closed connection. An insert runs to its end: its rows may be promised. */
function cancelWhenGone(engine: Engine, statement: Statement, response: ServerResponse): () => void {
  const onClose = () => {
    if (!response.writableFinished) engine.cancel(statement.queryId).catch(() => undefined)
  }
  if (isInsert(statement.sql) || isInsert(statement.body.subarray(0, 2_000).toString('utf8'))) return () => undefined
  response.once('close', onClose)
  return () => response.off('close', onClose)
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  statement: Statement,
  outcome: Outcome,
): Promise<void> {
  for (const [name, value] of Object.entries(answerHeaders(statement, outcome)))
    if (value) response.setHeader(name, value)
  const wantsGzip =
    statement.settings.enable_http_compression === '1' && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  const bytes = wantsGzip ? await promisify(gzip)(outcome.bytes) : outcome.bytes
  if (wantsGzip) response.setHeader('Content-Encoding', 'gzip')
  response.setHeader('Content-Length', bytes.byteLength)
  response.writeHead(200).end(request.method === 'HEAD' ? undefined : bytes)
}

function commonHeaders(response: ServerResponse, queryId: string): void {
  response.setHeader('X-ClickHouse-Query-Id', queryId)
  response.setHeader('X-ClickHouse-Server-Display-Name', hostname())
  response.setHeader('X-ClickHouse-Timezone', 'UTC')
}

function fail(engine: Engine, response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy()
  const { code, text } = readException(error)
  response.setHeader('X-ClickHouse-Exception-Code', String(code))
  say(response, httpStatus(code), `${text} (version ${engine.version} (official build))\n`)
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=UTF-8', 'Content-Length': Buffer.byteLength(text) })
  response.end(text)
}

/**
 * This store has no users, so a web page in the operator's browser must not reach it: neither by a cross-site request
 * nor by a name of its own that points to 127.0.0.1.
 */
function refuseBrowsers(request: IncomingMessage): void {
  const site = request.headers['sec-fetch-site']
  const host = (request.headers.host ?? '').replace(/:\d+$/, '')
  const isLocal = ['localhost', '127.0.0.1', '[::1]', ''].includes(host)
  if (isLocal && (site === undefined || site === 'none' || site === 'same-origin')) return
  throw new ClickhouseException(497, 'The embedded ClickHouse answers programs on this machine only', 'ACCESS_DENIED')
}
