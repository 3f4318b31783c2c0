import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Statement } from './engine.ts'
import { ClickhouseException } from './exception.ts'
import { readBody } from './read-body.ts'

/** Parameters of the HTTP interface itself; everything else in the URL is a setting of the engine. */
const OWN_PARAMETERS = new Set([
  ...['query', 'query_id', 'database', 'default_format', 'user', 'password', 'quota_key', 'role', 'stacktrace'],
  ...['wait_end_of_query', 'buffer_size', 'http_response_buffer_size', 'client_protocol_version', 'framing'],
  ...['session_id', 'session_check', 'session_timeout', 'close_session', 'compress', 'decompress'],
])

/** One statement out of a request: the text is the URL's `query` followed by the body, as ClickHouse reads it. */
export async function readRequest(request: IncomingMessage, url: URL): Promise<Statement> {
  refuseUnsupported(url.searchParams, request)
  const query = url.searchParams
  const settings: Record<string, string> = {}
  const params: Record<string, string> = {}
  for (const [name, value] of query) {
    if (name.startsWith('param_')) params[name.slice('param_'.length)] = value
    else if (!OWN_PARAMETERS.has(name)) settings[name] = value
  }
  // As in ClickHouse: GET changes nothing, since links and prefetches send it.
  if (request.method !== 'POST' && !(Number(settings.readonly) > 0)) settings.readonly = '2'
  return {
    queryId: query.get('query_id') || randomUUID(),
    sql: query.get('query') ?? '',
    body: await readBody(request),
    database: query.get('database') ?? header(request, 'x-clickhouse-database') ?? 'default',
    format: query.get('default_format') ?? header(request, 'x-clickhouse-format') ?? 'TabSeparated',
    settings,
    params,
  }
}

function refuseUnsupported(query: URLSearchParams, request: IncomingMessage): void {
  const refused = [
    query.has('session_id') && 'sessions (session_id)',
    (query.get('compress') === '1' || query.get('decompress') === '1') &&
      'the native compression (compress, decompress)',
    header(request, 'content-type')?.startsWith('multipart/') && 'external tables (multipart bodies)',
  ].find(Boolean)
  if (refused)
    throw new ClickhouseException(
      48,
      `The embedded ClickHouse does not support ${refused}: run a ClickHouse server for it`,
      'NOT_IMPLEMENTED',
    )
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}
