import type { Contact } from '../record/state.ts'
import { badRequest } from './api-error.ts'
import type { ContactSearch } from './contact-schema.ts'

type Filter = { field: string; operator: string; value?: unknown }
type Group = { group: 'AND' | 'OR'; filters: (Filter | Group)[] }

/** The value that a page is sorted by and the id: to go on from, though contacts change in between. */
type Mark = [number | string, string]
type Found = { contact: Contact; searchAfter: Mark }

const PAGE_DEFAULT = 20
const WINDOW_MAX = 10_000

/** One page of a sub-account's contacts, by date of creation unless sorted otherwise, and how many there are. */
export function searchContacts(contacts: Contact[], search: ContactSearch): { page: Found[]; total: number } {
  const filters = (search.filters ?? []) as (Filter | Group)[]
  const found = contacts.filter((contact) => filters.every((filter) => matches(contact, filter)))
  const { field, direction } = search.sort?.[0] ?? { field: 'dateAdded', direction: 'desc' }
  const sign = direction === 'asc' ? 1 : -1
  const orderOf = (a: Contact, [value, id]: Mark) =>
    sign * compare(fieldOf(a, field), value) || (a.id === id ? 0 : a.id < id ? -1 : 1)
  const markOf = (contact: Contact): Mark => [comparable(fieldOf(contact, field)), contact.id]
  found.sort((a, b) => orderOf(a, markOf(b)))
  const limit = search.pageLimit ?? PAGE_DEFAULT
  const mark = search.searchAfter as Mark | undefined
  const later = mark ? found.findIndex((contact) => orderOf(contact, mark) > 0) : ((search.page ?? 1) - 1) * limit
  const from = later < 0 ? found.length : later
  if (!mark && from + limit > WINDOW_MAX) throw badRequest('page is too far, use searchAfter')
  const page = found.slice(from, from + limit).map((contact) => ({ contact, searchAfter: markOf(contact) }))
  return { page, total: found.length }
}

function matches(contact: Contact, filter: Filter | Group): boolean {
  if ('group' in filter) {
    return filter.group === 'OR'
      ? filter.filters.some((inner) => matches(contact, inner))
      : filter.filters.every((inner) => matches(contact, inner))
  }
  const value = fieldOf(contact, filter.field)
  switch (filter.operator) {
    case 'eq':
      return equals(value, filter.value)
    case 'not_eq':
      return !equals(value, filter.value)
    case 'contains':
      return [value].flat().some((item) => lower(item).includes(lower(filter.value)))
    case 'exists':
      return value !== undefined
    case 'not_exists':
      return value === undefined
    case 'range':
      return inRange(value, filter.value as Record<string, string | number>)
    default:
      throw badRequest(`operator ${filter.operator} is not supported`)
  }
}

function inRange(value: unknown, bounds: Record<string, string | number>): boolean {
  return Object.entries(bounds).every(([bound, limit]) => {
    const order = compare(value, limit)
    if (bound === 'gt') return order > 0
    if (bound === 'gte') return order >= 0
    if (bound === 'lt') return order < 0
    return bound === 'lte' && order <= 0
  })
}

function equals(value: unknown, wanted: unknown): boolean {
  const wants = [wanted].flat().map(lower)
  return [value].flat().some((item) => wants.includes(lower(item)))
}

function fieldOf(contact: Contact, field: string): unknown {
  if (field === 'id' || field === 'dateAdded' || field === 'dateUpdated' || field === 'tags') return contact[field]
  return contact.fields[field.replace(/LowerCase$/, '')] ?? undefined
}

function compare(a: unknown, b: unknown): number {
  const [left, right] = [comparable(a), comparable(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

/** Dates come as ISO text or as milliseconds; both become milliseconds. */
function comparable(value: unknown): number | string {
  if (typeof value === 'number') return value
  const text = String(value ?? '')
  return /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : text.toLowerCase()
}

const lower = (value: unknown): string => String(value ?? '').toLowerCase()
