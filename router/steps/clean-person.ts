import type { Person } from '../../contracts/event.ts'

const TEXT_LENGTH_MAX = 500

/** Postgres refuses NUL and lone surrogates in jsonb; no form field needs more than a few hundred characters. */
export function cleanPerson(person: Person): Person {
  const text = (value: string): string =>
    value.toWellFormed().replaceAll('\0', '').slice(0, TEXT_LENGTH_MAX).toWellFormed()
  const fields = JSON.parse(JSON.stringify(person), (_key, value) => (typeof value === 'string' ? text(value) : value))
  return fields as Person
}
