import { randomUUID } from 'node:crypto'
import type { AnalyticsRig } from './analytics-rig.ts'

type Column = { table: string; name: string; type: string }
type Party = { tenant: string; region_id: string; location_id: string; text: string }

/** Never in an answer to a key of the region north of agencyA. */
export const CANARY = 'canary'
const parties: Party[] = [
  { tenant: 'agencyA', region_id: 'north', location_id: 'north1', text: 'own' },
  { tenant: 'agencyA', region_id: 'canary_region', location_id: 'canary_location', text: CANARY },
  { tenant: 'agencyA', region_id: '', location_id: '', text: 'canary_unplaced' },
  // The ids of his own places, of another agency.
  { tenant: 'canary_tenant', region_id: 'north', location_id: 'north1', text: CANARY },
]

/** A row of each party in every table that knows a tenant, whatever its other columns are; gives the tables' names. */
export async function plantRows(rig: AnalyticsRig): Promise<string[]> {
  const columns = await rig.rows<Column>(
    `SELECT table, name, type FROM system.columns
      WHERE database = 'hexroute' AND default_kind = ''
        AND table IN (SELECT name FROM system.tables WHERE database = 'hexroute' AND engine LIKE '%MergeTree')`,
  )
  const tables = [...new Set(columns.map(({ table }) => table))].filter((table) =>
    columns.some((column) => column.table === table && column.name === 'tenant'),
  )
  for (const table of tables) {
    const own = columns.filter((column) => column.table === table)
    const values = parties.map((party) => Object.fromEntries(own.flatMap((column) => cell(column, party))))
    await rig.clickhouse.insert({ table: `hexroute.${table}`, values, format: 'JSONEachRow' })
  }
  return tables
}

function cell({ name, type }: Column, party: Party): [string, unknown][] {
  if (name === 'tenant' || name === 'region_id' || name === 'location_id') return [[name, party[name]]]
  if (name === 'outcome') return [[name, 'assigned']]
  if (type === 'String' || type === 'LowCardinality(String)') return [[name, party.text]]
  if (type.startsWith('UUID')) return [[name, randomUUID()]]
  if (type.startsWith('JSON')) return [[name, { status: party.text }]]
  if (type.startsWith('DateTime64')) return [[name, '2026-03-01 00:00:00.000']]
  return []
}
