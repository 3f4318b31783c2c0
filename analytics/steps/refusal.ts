/**
 * Exception codes by which ClickHouse says that the value of a row is at fault: it will refuse the same row for ever. Not
 * among them is all that may pass: time-outs (159, 209), memory (241), disk (243), network (210), read-only (242, 164),
 * too many parts (252), and what a missing migration makes (16, 60, 36). Source: ErrorCodes.cpp of ClickHouse.
 */
const dataErrors = new Set([
  ...[6, 26, 27, 38, 41, 72, 376, 467, 675, 676], // CANNOT_PARSE_*
  ...[69, 70, 131, 321, 349, 407], // out of bound, not convertible, too large, out of range, null, decimal overflow
  ...[117, 441, 469, 691], // incorrect data, constraint, unknown element of an enum
])

/** The reason in ClickHouse's words when it refuses the data itself; null for everything that another try may heal. */
export function readRefusal(error: unknown): string | null {
  const { code } = error as { code?: unknown }
  if (!dataErrors.has(Number(code))) return null
  return `code ${code}`
}
