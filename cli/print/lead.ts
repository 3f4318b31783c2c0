import type { LeadAnswer } from './timeline.ts'

/** Name and value of everything that is known, one a line; what is not known is left out. */
export function printLead(lead: LeadAnswer['lead']): string {
  const { person, place, ...rest } = lead as Record<string, unknown>
  const rows = [...flat('', rest), ...flat('person.', person ?? {}), ...flat('place.', place ?? {})]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

function flat(prefix: string, fields: object): [string, string][] {
  return Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined && value !== '' && !isEmpty(value))
    .map(([name, value]) => [`${prefix}${name}`, typeof value === 'object' ? JSON.stringify(value) : String(value)])
}

const isEmpty = (value: unknown): boolean => typeof value === 'object' && Object.keys(value as object).length === 0
