/** A fault in ClickHouse's own words: `Code: 62. DB::Exception: text (NAME)`. */
export class ClickhouseException extends Error {
  override name = 'ClickhouseException'
  readonly code: number

  constructor(code: number, text: string, label: string) {
    super(`Code: ${code}. DB::Exception: ${text} (${label})`)
    this.code = code
  }
}

/** The engine's error, as text and code, without the words that the addon puts before it. */
export function readException(error: unknown): { code: number; text: string } {
  const message = error instanceof Error ? error.message : String(error)
  const text = message.slice(Math.max(0, message.indexOf('Code: ')))
  const code = Number(/^Code: (\d+)/.exec(text)?.[1] ?? 1002)
  return { code, text: code === 1002 ? `Code: 1002. DB::Exception: ${message} (UNKNOWN_EXCEPTION)` : text }
}

/** ClickHouse's mapping of exception codes to HTTP (`exceptionCodeToHTTPStatus` in its source); the rest is 500. */
export function httpStatus(code: number): number {
  for (const [status, codes] of statuses) if (codes.has(code)) return status
  return 500
}

const statuses: [number, Set<number>][] = [
  // Syntax, parsing, types, wrong arguments, unknown functions and columns.
  [
    400,
    new Set([6, 8, 23, 26, 27, 36, 38, 41, 42, 43, 44, 50, 53, 62, 69, 70, 72, 117, 215, 352, 386, 427, 441, 456, 467]),
  ],
  [404, new Set([16, 46, 47, 60, 63, 66, 73, 78, 81, 83, 111, 115])],
  [401, new Set([194, 516])],
  [403, new Set([164, 192, 195, 291, 497])],
  [408, new Set([159, 160])],
  [413, new Set([223, 161, 307])],
  [501, new Set([1, 48])],
  [503, new Set([76, 202, 209, 210, 236, 394, 439])],
]
