import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Access } from '../contracts/access.ts'
import type { ApiDeps, App } from './api.ts'
import { toScope } from './steps/scope.ts'
import type { SqlQuestion } from './stores/sql/ask-sql.ts'
import { faults, SqlFault, toSqlFault } from './stores/sql/sql-fault.ts'
import { RUNNING_PER_KEY_MAX } from './stores/sql/sql-limits.ts'

const STATEMENT_BYTES_MAX = 64 * 1024
/** Of all keys at once: with 512 MiB each, what the machine can give beside the processes. */
const RUNNING_MAX = 4
/** Settings of a client that change how an answer is written. The rest, its limits and modes, are ours to say. */
const OUTPUT_SETTING = /^(?:default_format|output_format_json_\w+|output_format_csv_\w+|date_time_output_format)$/

/**
 * `GET|POST /sql` speaks ClickHouse's HTTP interface (https://clickhouse.com/docs/interfaces/http), so that any client of
 * it connects here with an access key as its password. Answers and faults are in ClickHouse's form.
 */
export function sqlRoute(app: App, deps: ApiDeps): void {
  const running = new Map<string, number>()
  const asked = deps.metrics.counter('sql_total', 'Statements of analysts, by how they ended', ['outcome'])
  const seconds = deps.metrics.seconds('sql_seconds', 'Time of one statement of an analyst')

  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: STATEMENT_BYTES_MAX }, (_request, body, done) =>
      done(null, body),
    )
    scope.setErrorHandler((error, _request, reply) => sendFault(reply, error))
    for (const url of ['/ping', '/sql/ping'])
      scope.get(url, { schema: { hide: true } }, (_request, reply) => reply.type('text/plain').send('Ok.\n'))
    scope.route({
      method: ['GET', 'POST'],
      url: '/sql',
      schema: { description: "ClickHouse's HTTP interface, read-only, limited to the key's part.", tags: ['sql'] },
      handler: answer,
    })
  })

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const access = await whoAsks(deps, request)
    const began = performance.now()
    const place = takePlace(running, access.keyId)
    const gone = new AbortController()
    const deadline = setTimeout(() => gone.abort(), (deps.sqlLimits.secondsMax + 5) * 1_000)
    let outcome = 'answered'
    let sqlHash: string | undefined
    // After the last byte, or when nobody waits any more: the engine may work until then.
    reply.raw.once('close', () => {
      gone.abort()
      clearTimeout(deadline)
      place.free()
      asked.inc({ outcome })
      const tookMs = Math.round(performance.now() - began)
      seconds.observe(tookMs / 1_000)
      // The text may hold what he looked for; its hash tells the same question from another.
      deps.log.info({ keyId: access.keyId, requestId: request.id, outcome, tookMs, sqlHash }, 'sql asked')
    })
    try {
      const answered = await deps.askSql(questionOf(request), toScope(access)!, gone.signal)
      sqlHash = answered.sqlHash
      return await sendAnswer(reply, request.id, answered)
    } catch (error) {
      const fault = toSqlFault(error)
      outcome = String(fault.code)
      return sendFault(reply, fault)
    }
  }
}

/** Bearer, X-ClickHouse-Key or the password of Basic; never the URL, which ends in logs. */
async function whoAsks({ keys }: ApiDeps, request: FastifyRequest): Promise<Access> {
  const { authorization = '', 'x-clickhouse-key': header } = request.headers
  const basic = /^Basic +(\S+)$/i.exec(authorization)?.[1]
  const password =
    basic &&
    Buffer.from(basic, 'base64')
      .toString('utf8')
      .replace(/^[^:]*:/, '')
  const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? (typeof header === 'string' ? header : password)
  const access = key ? await keys.find(key) : null
  if (!access)
    throw new SqlFault(
      faults.unauthenticated,
      'Send a valid access key as the password, or as "Authorization: Bearer".',
    )
  if (access.role === 'widget')
    throw new SqlFault(faults.denied, 'A widget key asks no SQL: make a key with role analyst.')
  return access
}

function questionOf(request: FastifyRequest): SqlQuestion {
  const url = new URL(request.url, 'http://localhost').searchParams
  const body = typeof request.body === 'string' ? request.body : ''
  const text = [url.get('query') ?? '', body].filter(Boolean).join('\n')
  if (!text.trim()) throw new SqlFault(faults.syntax, 'Empty query: send SQL as ?query= or as the body.')
  if (text.length > STATEMENT_BYTES_MAX) throw new SqlFault(faults.tooLarge, 'The statement is longer than 64 KiB.')
  const entries = [...url]
  const format = url.get('default_format') ?? request.headers['x-clickhouse-format']
  return {
    text,
    params: Object.fromEntries(entries.filter(([name]) => /^param_[A-Za-z_]\w*$/.test(name))),
    output: {
      ...Object.fromEntries(entries.filter(([name]) => OUTPUT_SETTING.test(name))),
      ...(typeof format === 'string' && { default_format: format }),
    },
  }
}

function takePlace(running: Map<string, number>, keyId: string): { free: () => void } {
  const own = running.get(keyId) ?? 0
  const all = [...running.values()].reduce((sum, count) => sum + count, 0)
  if (own >= RUNNING_PER_KEY_MAX || all >= RUNNING_MAX)
    throw new SqlFault(faults.tooMany, `A key may run ${RUNNING_PER_KEY_MAX} queries at once, all keys ${RUNNING_MAX}.`)
  running.set(keyId, own + 1)
  return {
    free: () => {
      const left = (running.get(keyId) ?? 1) - 1
      if (left > 0) running.set(keyId, left)
      else running.delete(keyId)
    },
  }
}

async function sendAnswer(
  reply: FastifyReply,
  id: string,
  { stream, headers }: Awaited<ReturnType<ApiDeps['askSql']>>,
): Promise<FastifyReply> {
  for (const name of ['content-type', 'x-clickhouse-format', 'x-clickhouse-timezone'])
    if (headers[name]) reply.header(name, headers[name])
  return reply.header('x-clickhouse-query-id', id).header('cache-control', 'no-store').send(stream)
}

function sendFault(reply: FastifyReply, error: unknown): FastifyReply {
  const fault = toSqlFault(error)
  return reply
    .code(fault.status)
    .header('x-clickhouse-exception-code', String(fault.code))
    .header('cache-control', 'no-store')
    .type('text/plain; charset=utf-8')
    .send(`${fault.message}\n`)
}
