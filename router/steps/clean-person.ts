import type { Person } from '../../contracts/event.ts'

const TEXT_LENGTH_MAX = 500

/**
 * Postgres refuses NUL and lone surrogates in jsonb; no form field needs more than a few hundred characters. Names of
 * fields are from outside too.
 */
export function cleanPerson(person: Person): Person {
  return JSON.parse(JSON.stringify(person), (_key, value: unknown) => {
    if (typeof value === 'string') return text(value)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [text(name), field]))
  }) as Person
}

const text = (value: string): string =>
  value.toWellFormed().replaceAll('\0', '').slice(0, TEXT_LENGTH_MAX).toWellFormed()
