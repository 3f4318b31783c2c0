import { mkdirSync } from 'node:fs'
import { Session } from 'chdb'
import { quoteIdentifier, quoteString } from '../../kernel/clickhouse-quotes.ts'
import { loadChdbNative } from './chdb-native.ts'
import { setStatement } from './set-statement.ts'
import { isInsert, readsRowsFromBody } from './statement-kind.ts'

export type Statement = {
  queryId: string
  sql: string
  /** Rows of an INSERT, or the rest of the statement, exactly as they came. */
  body: Buffer
  database: string
  format: string
  settings: Record<string, string>
  params: Record<string, string>
}
export type Outcome = {
  bytes: Uint8Array
  resultRows: number
  writtenRows: number
  writtenBytes: number
  elapsedNs: number
}
export type Engine = {
  version: string
  run(statement: Statement): Promise<Outcome>
  /** Ends a running statement; the engine notices at its next block. */
  cancel(queryId: string): Promise<void>
  close(): void
}

/**
 * ClickHouse in this process. Every statement has a connection of its own, so that its settings, database and
 * read-only mode are gone with it: opening one costs 0.5 ms, and statements on several connections run side by side.
 */
export function openEngine(dir: string, configFile?: string): Engine {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const native = loadChdbNative()
  // Open as long as the process: the engine shuts down with its last connection.
  const first = new Session(dir, { connectionArgs: configFile ? [`--config-file=${configFile}`] : [] })
  const version = first.query('SELECT version()', 'TabSeparatedRaw').trim()

  async function run(statement: Statement): Promise<Outcome> {
    if (readsRowsFromBody(statement.sql) && statement.body.length === 0) return nothing
    const session = new Session(dir)
    try {
      await session.queryAsync(prepare(statement))
      return isInsert(statement.sql || head(statement.body))
        ? await insert(session, statement)
        : await select(session, statement)
    } finally {
      session.close()
    }
  }

  async function insert(session: Session, statement: Statement): Promise<Outcome> {
    const [prefix, rows] = splitInsert(statement)
    const totals = await native.InsertRawAsyncConnection(session.connection, prefix, rows, false)
    return {
      ...nothing,
      writtenRows: totals.rowsWritten,
      writtenBytes: totals.bytesWritten,
      elapsedNs: toNs(totals.elapsed),
    }
  }

  async function cancel(queryId: string): Promise<void> {
    const session = new Session(dir)
    const ids = `SELECT query_id FROM system.processes WHERE Settings['log_comment'] = ${quoteString(queryId)}`
    await session.queryAsync(`KILL QUERY WHERE query_id IN (${ids}) ASYNC`).finally(() => session.close())
  }

  return { version, run, cancel, close: () => first.close() }
}

const nothing: Outcome = { bytes: new Uint8Array(0), resultRows: 0, writtenRows: 0, writtenBytes: 0, elapsedNs: 0 }
const toNs = (seconds: number): number => Math.round(seconds * 1e9)
const head = (body: Buffer): string => body.subarray(0, 2_000).toString('utf8')

async function select(session: Session, { sql, body, format }: Statement): Promise<Outcome> {
  const text = [sql, body.toString('utf8')].filter(Boolean).join('\n')
  const result = await session.queryAsync(text, { format })
  return { ...nothing, bytes: result.bytes(), resultRows: result.rowsRead, elapsedNs: toNs(result.elapsed) }
}

/** The addon joins both parts with a line break; a statement that came whole is parted behind its first word. */
function splitInsert({ sql, body }: Statement): [string, Buffer] {
  if (sql && body.length > 0) return [sql, body]
  const whole = sql ? Buffer.from(sql) : body
  const at = head(whole).search(/insert/i) + 'insert'.length
  const start = Buffer.byteLength(head(whole).slice(0, at))
  return [whole.subarray(0, start).toString('utf8'), whole.subarray(start)]
}

function prepare({ queryId, database, settings, params }: Statement): string {
  // Settings in which clickhouse-local, which chDB is, differs from a server. The query id travels as a comment,
  // by which a statement can be found and ended.
  const local = { implicit_select: '0', log_comment: queryId }
  return `USE ${quoteIdentifier(database)}; ${setStatement({ ...local, ...settings }, params)}`
}
