import type { OutgoingHttpHeaders } from 'node:http'
import type { Outcome, Statement } from './engine.ts'
import { namedFormat } from './statement-kind.ts'

/** What ClickHouse says about every statement it ran. */
export function answerHeaders(statement: Statement, outcome: Outcome): OutgoingHttpHeaders {
  const tail = statement.body.length < 100_000 ? statement.body.toString('utf8') : ''
  const format = namedFormat(tail) ?? namedFormat(statement.sql) ?? statement.format
  return {
    'Content-Type': contentType(format),
    'X-ClickHouse-Format': format,
    'X-ClickHouse-Summary': JSON.stringify(summary(outcome, format)),
  }
}

function contentType(format: string): string {
  if (/^JSON(Strings)?EachRow|^JSONCompact.*EachRow/.test(format)) return 'application/x-ndjson; charset=UTF-8'
  if (format.startsWith('JSON')) return 'application/json; charset=UTF-8'
  if (format.startsWith('CSV')) return 'text/csv; charset=UTF-8'
  if (/^(TabSeparated|TSV)/.test(format)) return 'text/tab-separated-values; charset=UTF-8'
  return /^(Native|RowBinary|Parquet|Arrow|ORC|Avro|MsgPack|Protobuf)/.test(format)
    ? 'application/octet-stream'
    : 'text/plain; charset=UTF-8'
}

/** The engine counts rows read only inside JSON answers; elsewhere the result's own rows are the lower bound. */
function summary(outcome: Outcome, format: string): Record<string, string> {
  const read = /^JSON(Compact)?(Strings)?$/.test(format) ? statistics(outcome.bytes) : undefined
  return {
    read_rows: String(read?.rows ?? Math.max(outcome.resultRows, outcome.writtenRows)),
    read_bytes: String(read?.bytes ?? Math.max(outcome.bytes.byteLength, outcome.writtenBytes)),
    written_rows: String(outcome.writtenRows),
    written_bytes: String(outcome.writtenBytes),
    total_rows_to_read: '0',
    result_rows: String(outcome.resultRows),
    result_bytes: String(outcome.bytes.byteLength),
    elapsed_ns: String(outcome.elapsedNs),
  }
}

function statistics(bytes: Uint8Array): { rows: string; bytes: string } | undefined {
  const tail = Buffer.from(bytes.subarray(-200)).toString('utf8')
  const [, rows, read] = /"rows_read": ?(\d+),\s*"bytes_read": ?(\d+)/.exec(tail) ?? []
  return rows && read ? { rows, bytes: read } : undefined
}
