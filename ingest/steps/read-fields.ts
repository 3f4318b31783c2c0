import type { Body } from './parse-body.ts'

/** An id: short, printable, without spaces, so that it is safe in subjects, headers and keys. Anything else is none. */
export function id(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value) ? value : null
}

/** A text or a number as trimmed text; empty is none. */
export function text(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string') return null
  return storable(value).trim() || null
}

/** The value as an object; anything else is an empty one. */
export function object(value: unknown): Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {}
}

/** Degrees within `max`, from a number or a text. */
export function degrees(value: unknown, max: number): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Math.abs(number) <= max ? number : null
}

/** Postgres stores neither NUL nor half a surrogate pair: they become U+FFFD wherever they stand in the value. */
export function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return storable(value)
  if (Array.isArray(value)) return value.map(cleaned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storable(key), cleaned(inner)]))
}

// Without the u flag a whole pair matches too: quick to pass over for nearly all texts, and the second look is exact.
const SUSPECT = /[\0\ud800-\udfff]/
const UNSTORABLE = /[\0\p{Surrogate}]/gu

const storable = (value: string): string => (SUSPECT.test(value) ? value.replace(UNSTORABLE, '\uFFFD') : value)
