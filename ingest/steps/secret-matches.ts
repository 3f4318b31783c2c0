import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares in constant time. An unknown source takes as long as a wrong secret, and gets the same answer. */
export function secretMatches(given: string | undefined, sha256Hex: string | undefined): boolean {
  const known = Buffer.from(sha256Hex ?? '', 'hex')
  const expected = known.length === 32 ? known : NO_HASH
  const actual = createHash('sha256')
    .update(given ?? '')
    .digest()
  return timingSafeEqual(actual, expected) && expected !== NO_HASH && given !== undefined
}

const NO_HASH = Buffer.alloc(32)
