import { rowFilters } from '../stores/sql/row-filters.ts'
import type { TablesOfServer } from './stores/access-server.ts'
import type { AnalystKeys } from './stores/analyst-keys.ts'

/** What a key has on a server: who logs in, with whose rights his views read, and where they are. */
export type KeyNames = { user: string; reader: string; database: string }
/** `rows` by condition: the tables that it holds for. */
export type KeyAccess = KeyNames & { sha256: string; rows: Map<string, string[]> }
export type SharedTable = { name: string; columns: string[]; isView: boolean }
export type AnalystAccess = {
  keys: KeyAccess[]
  /** Of keys that are revoked. */
  gone: KeyNames[]
  /** What analysts may ask, with full names. */
  shared: SharedTable[]
  /** Full names of what holds rows: each has a policy for each key. */
  tables: string[]
}

/** Who reads what on a server: the same tables and the same conditions as at the door, by the same code. */
export function planAccess({ current, revoked }: AnalystKeys, tables: TablesOfServer): AnalystAccess {
  const everything = rowFilters({ tenant: null, regionIds: [], locationIds: [] }, [], tables)
  return {
    keys: current.map(({ id, sha256, scope, ofRegions }) => ({
      ...namesOf(id),
      sha256,
      rows: byCondition(rowFilters(scope, ofRegions, tables)),
    })),
    gone: revoked.map(namesOf),
    shared: [...tables.tables.values()]
      .filter(({ name }) => isOurs(name))
      .map(({ name, columns, isView }) => ({ name, columns: [...columns], isView }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    tables: Object.keys(everything).filter(isOurs).toSorted(),
  }
}

function namesOf(keyId: string): KeyNames {
  const id = keyId.replaceAll('-', '_')
  return { user: `hexroute_key_${id}`, reader: `hexroute_reader_${id}`, database: `hexroute_key_${id}` }
}

const isOurs = (name: string): boolean => name.startsWith('hexroute.')

function byCondition(filters: Record<string, string>): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const table of Object.keys(filters).filter(isOurs).toSorted())
    found.set(filters[table]!, [...(found.get(filters[table]!) ?? []), table])
  return found
}
