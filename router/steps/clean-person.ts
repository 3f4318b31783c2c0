import type { Person } from '../../contracts/event.ts'

const TEXT_LENGTH_MAX = 500

/**
 * Postgres refuses NUL and lone surrogates in jsonb; no form field needs more than a few hundred characters. Names of
 * fields are from outside too. A -0, which jsonb does not keep, becomes 0.
 */
export const cleanPerson = (person: Person): Person => (isClean(person) ? person : (cleaned(person) as Person))

/** Nearly everybody: looking costs a fifth of copying. */
function isClean(value: unknown): boolean {
  if (typeof value === 'string') return isCleanText(value)
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (Array.isArray(value)) return value.every(isClean)
  if (value === undefined) return false
  if (typeof value !== 'object' || value === null) return true
  for (const name of Object.keys(value)) {
    if (!isCleanText(name) || !isClean((value as Record<string, unknown>)[name])) return false
  }
  return true
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (Array.isArray(value)) return value.map(cleaned)
  if (typeof value !== 'object' || value === null) return value
  // Built from entries, not by assignment: a field named __proto__ stays a field.
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => (field === undefined ? [] : [[text(name), cleaned(field)]])),
  )
}

const isCleanText = (text: string): boolean =>
  text.length <= TEXT_LENGTH_MAX && text.isWellFormed() && !text.includes('\0')

function text(value: string): string {
  if (isCleanText(value)) return value
  return value.toWellFormed().replaceAll('\0', '').slice(0, TEXT_LENGTH_MAX).toWellFormed()
}
