const LEADING = /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*/

/** True for INSERT, whatever comments stand before it. */
export function isInsert(sql: string): boolean {
  return /^insert\b/i.test(sql.replace(LEADING, ''))
}

/** True for an INSERT whose text ends with its format: the rows come apart from it. */
export function readsRowsFromBody(sql: string): boolean {
  return isInsert(sql) && /\bformat\s+\w+\s*;?\s*$/i.test(sql)
}

/** The format that the statement asks for by itself, if any; only for the answer's headers. */
export function namedFormat(sql: string): string | undefined {
  return /\bformat\s+(\w+)\s*(?:settings\b[^']*)?;?\s*$/i.exec(sql)?.[1]
}
