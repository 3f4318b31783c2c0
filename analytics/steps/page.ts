export type Page<T> = { items: T[]; nextCursor: string | null }

/**
 * The entries after a cursor. Entries that come or go meanwhile move no other: the cursor is the key of the last one read.
 * @param items sorted by `keyOf`
 * @returns null when the cursor is none of ours
 */
export function pageAfter<T>(
  items: T[],
  keyOf: (item: T) => string,
  cursor: string | undefined,
  limit: number,
): Page<T> | null {
  const after = cursor === undefined ? '' : decode(cursor)
  if (after === null) return null
  const rest = items.filter((item) => keyOf(item) > after)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return { items: page, nextCursor: last && rest.length > limit ? encode(keyOf(last)) : null }
}

const encode = (key: string): string => Buffer.from(key).toString('base64url')

function decode(cursor: string): string | null {
  const key = Buffer.from(cursor, 'base64url').toString()
  return encode(key) === cursor ? key : null
}
