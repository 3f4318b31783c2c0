import type { Cap, LocationSetting, RulesetDocument } from '../../contracts/ruleset.ts'

/** One difference. `path` names entries of lists by what they are, not by their position: `/caps/north1 leads day/limit`. */
export type DocumentChange = { path: string; kind: 'added' | 'removed' | 'changed'; before: unknown; after: unknown }

type Fields = Record<string, unknown>

/**
 * What a draft changes. Entries of lists are paired by identity, so that one removed at the top is one change and not a
 * shift of all below it; of plain lists (postal codes) only what came and what went is told.
 */
export function documentDiff(before: RulesetDocument, after: RulesetDocument): DocumentChange[] {
  const changes: DocumentChange[] = []
  compare('', before, after, changes)
  return changes
}

function compare(path: string, before: unknown, after: unknown, changes: DocumentChange[]): void {
  if (before === undefined) changes.push({ path, kind: 'added', before: null, after })
  else if (after === undefined) changes.push({ path, kind: 'removed', before, after: null })
  else if (isEntries(before) && isEntries(after)) compareEntries(path, before, after, changes)
  else if (isPlainList(before) && isPlainList(after)) comparePlain(path, before, after, changes)
  else if (isFields(before) && isFields(after)) compareFields(path, before, after, changes)
  else if (JSON.stringify(before) !== JSON.stringify(after)) changes.push({ path, kind: 'changed', before, after })
}

function compareFields(path: string, before: Fields, after: Fields, changes: DocumentChange[]): void {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  for (const name of [...names].sort()) compare(`${path}/${toToken(name)}`, before[name], after[name], changes)
}

function compareEntries(path: string, before: Fields[], after: Fields[], changes: DocumentChange[]): void {
  const [was, is] = [byIdentity(before), byIdentity(after)]
  for (const key of new Set([...was.keys(), ...is.keys()]))
    compare(`${path}/${toToken(key)}`, was.get(key), is.get(key), changes)
  const kept = (entries: Map<string, Fields>, other: Map<string, Fields>): string =>
    [...entries.keys()].filter((key) => other.has(key)).join('\n')
  // In rules the order decides.
  if (kept(was, is) !== kept(is, was))
    changes.push({ path, kind: 'changed', before: [...was.keys()], after: [...is.keys()] })
}

function comparePlain(path: string, before: unknown[], after: unknown[], changes: DocumentChange[]): void {
  const [was, is] = [new Set(before), new Set(after)]
  const gone = before.filter((item) => !is.has(item))
  const come = after.filter((item) => !was.has(item))
  if (gone.length > 0) changes.push({ path, kind: 'removed', before: gone, after: null })
  if (come.length > 0) changes.push({ path, kind: 'added', before: null, after: come })
}

function byIdentity(entries: Fields[]): Map<string, Fields> {
  const map = new Map<string, Fields>()
  for (const entry of entries) {
    const key = identity(entry)
    // Two caps of one kind are told apart by their order.
    map.set(map.has(key) ? `${key} (${map.size + 1})` : key, entry)
  }
  return map
}

function identity(entry: Fields): string {
  if (typeof entry.id === 'string') return entry.id
  if (typeof entry.date === 'string') return entry.date
  const { locationId, userId, metric, window, scope } = entry as Partial<Cap & LocationSetting>
  const span = typeof window === 'object' ? `rolling ${window.rollingDays} days` : window
  return [locationId, userId, metric, span, scope?.source, scope?.service].filter(Boolean).join(' ')
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
/** Lists whose entries say who they are; conditions and rings do not, and are compared whole. */
const isEntries = (value: unknown): value is Fields[] =>
  Array.isArray(value) &&
  value.every((entry) => isFields(entry) && ('id' in entry || 'locationId' in entry || 'date' in entry))
const isPlainList = (value: unknown): value is unknown[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
const toToken = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')
