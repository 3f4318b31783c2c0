import { ClickHouseError } from '@clickhouse/client'

/** A fault in ClickHouse's own form, which every client of it understands. */
export class SqlFault extends Error {
  readonly code: number
  readonly status: number
  constructor(fault: { code: number; status: number; label: string }, text: string) {
    super(`Code: ${fault.code}. DB::Exception: ${text} (${fault.label})`)
    this.name = 'SqlFault'
    this.code = fault.code
    this.status = fault.status
  }
}

/** Codes of https://github.com/ClickHouse/ClickHouse, ErrorCodes.cpp, and the HTTP status that goes with them. */
export const faults = {
  unauthenticated: { code: 516, status: 401, label: 'AUTHENTICATION_FAILED' },
  denied: { code: 497, status: 403, label: 'ACCESS_DENIED' },
  syntax: { code: 62, status: 400, label: 'SYNTAX_ERROR' },
  tooLarge: { code: 307, status: 413, label: 'TOO_MANY_BYTES' },
  tooMany: { code: 202, status: 503, label: 'TOO_MANY_SIMULTANEOUS_QUERIES' },
  tooSlow: { code: 159, status: 408, label: 'TIMEOUT_EXCEEDED' },
  away: { code: 210, status: 503, label: 'NETWORK_ERROR' },
} as const

/** Faults that speak of the statement alone: found before a row was read, so no row can be in their text. */
const OF_THE_STATEMENT = new Set([
  36, 42, 43, 44, 46, 47, 48, 50, 53, 60, 62, 81, 164, 179, 184, 207, 215, 352, 386, 456,
])
/** Faults of limits: their text has figures of the run only. */
const OF_A_LIMIT = new Map([
  [159, faults.tooSlow],
  [160, faults.tooSlow],
  [241, { code: 241, status: 413, label: 'MEMORY_LIMIT_EXCEEDED' }],
  [307, faults.tooLarge],
  [396, { code: 396, status: 413, label: 'TOO_MANY_ROWS_OR_BYTES' }],
  [394, { code: 394, status: 503, label: 'QUERY_WAS_CANCELLED' }],
])

/**
 * The engine's fault for the analyst. A fault met while rows were read may quote a value of a row, and what is read is not
 * always what is answered, so of these only the code is told.
 */
export function toSqlFault(error: unknown): SqlFault {
  if (error instanceof SqlFault) return error
  if (statusOf(error) === 413) return new SqlFault(faults.tooLarge, 'The statement is longer than 64 KiB.')
  if (!(error instanceof ClickHouseError))
    return new SqlFault(faults.away, 'ClickHouse does not answer now. Try again.')
  const code = Number(error.code)
  const label = error.type ?? 'UNKNOWN_EXCEPTION'
  const limit = OF_A_LIMIT.get(code)
  if (limit) return new SqlFault(limit, 'The query needs more time, memory or rows than an analyst has: narrow it.')
  if (OF_THE_STATEMENT.has(code))
    return new SqlFault({ code, status: code === 60 ? 404 : 400, label }, error.message.slice(0, 600))
  return new SqlFault({ code, status: 400, label }, 'The query failed while it ran.')
}

function statusOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined
}
