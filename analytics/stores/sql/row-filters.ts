import { quoteString } from '../../../kernel/clickhouse-quotes.ts'
import type { Scope } from '../../steps/scope.ts'
import { type ReadableTable, systemTables, type Tables } from './catalogue.ts'

/** The locations that a key's regions have now, for tables that know a row's location and not its region. */
export type LocationsOfRegions = string[]

/**
 * For every table the rows that a scope sees, as conditions for the setting `additional_table_filters`. The engine puts
 * them below views too. What has no condition here is not let through: a table that no analyst may name has `0`.
 */
export function rowFilters(
  scope: Scope,
  ofRegions: LocationsOfRegions,
  { tables, hidden }: Tables,
): Record<string, string> {
  const filters: Record<string, string> = {}
  for (const name of hidden) if (name.includes('.')) filters[name] = '0'
  for (const table of tables.values())
    if (!table.isView && !systemTables.includes(table.name))
      filters[table.name] = conditions(scope, ofRegions, table).join(' AND ') || '1'
  const readable = isOneOf('name', namesIn(tables, true))
  filters['system.databases'] = isOneOf('name', ['hexroute'])
  filters['system.tables'] = `${isOneOf('database', ['hexroute'])} AND ${readable}`
  filters['system.columns'] = `${isOneOf('database', ['hexroute'])} AND ${isOneOf('table', namesIn(tables, true))}`
  return filters
}

function conditions(scope: Scope, ofRegions: LocationsOfRegions, { columns }: ReadableTable): string[] {
  const { tenant, regionIds, locationIds } = scope
  const found: string[] = []
  if (tenant !== null) found.push(isOneOf('tenant', [tenant]))
  if (regionIds.length > 0) {
    if (columns.has('region_id')) found.push(isOneOf('region_id', regionIds))
    else found.push(columns.has('location_id') ? isOneOf('location_id', ofRegions) : '0')
  }
  if (locationIds.length > 0) found.push(columns.has('location_id') ? isOneOf('location_id', locationIds) : '0')
  return found
}

function namesIn(tables: Map<string, ReadableTable>, isOurs: boolean): string[] {
  return [...tables.keys()].flatMap((name) => (name.startsWith('hexroute.') === isOurs ? [name.split('.')[1]!] : []))
}

/** The setting's value is text, so the values stand in it, quoted: nothing of a statement is in them. */
function isOneOf(column: string, values: string[]): string {
  return values.length > 0 ? `${column} IN (${values.map(quoteString).join(', ')})` : '0'
}

/** As ClickHouse writes a map of texts. */
export function filterSetting(filters: Record<string, string>): string {
  return `{${Object.entries(filters)
    .map(([table, filter]) => `${quoteString(table)}:${quoteString(filter)}`)
    .join(',')}}`
}
