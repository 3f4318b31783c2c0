import type { ClickHouseClient } from '@clickhouse/client'
import { allowedFunctions, type EngineFunction, type FunctionCheck } from './allowed-functions.ts'

export type ReadableTable = { name: string; columns: Set<string>; isView: boolean }
export type Tables = {
  /** By full name: what analysts may name in FROM. */
  tables: Map<string, ReadableTable>
  /** Names, full and bare, of tables here that they may not. */
  hidden: Set<string>
}
export type Catalogue = Tables & {
  systemColumnsHidden: Set<string>
  functions: FunctionCheck
}

/** What SQL tools read to show a schema; of their columns only these, since sizes are of all tenants. */
export const systemTables = ['system.tables', 'system.columns', 'system.databases']
const SYSTEM_COLUMNS = new Set(
  'database,name,table,type,comment,engine,position,uuid,is_temporary,default_kind,is_in_primary_key,is_in_sorting_key'.split(
    ',',
  ),
)

/** Reads what there is, anew for each question: a table made a moment ago is judged as well. */
export function createCatalogue(clickhouse: ClickHouseClient): () => Promise<Catalogue> {
  let functions: Promise<FunctionCheck> | undefined
  return async () => {
    functions ??= readFunctions(clickhouse)
    functions.catch(() => {
      functions = undefined
    })
    const [check, rows] = await Promise.all([functions, readRows(clickhouse)])
    const system = rows.filter(({ database }) => database === 'system').flatMap(({ columns }) => columns)
    return {
      ...toTables(rows),
      systemColumnsHidden: new Set(system.filter((column) => !SYSTEM_COLUMNS.has(column))),
      functions: check,
    }
  }
}

/** The tables alone, for who asks no statement. */
export const readTables = async (clickhouse: ClickHouseClient): Promise<Tables> => toTables(await readRows(clickhouse))

type TableRow = { database: string; name: string; engine: string; columns: string[] }

function toTables(rows: TableRow[]): Tables {
  const all = rows.filter(({ database }) => database === 'hexroute')
  const readable = all.filter((table) => isReadable(table)).map((table) => toReadable(table))
  const names = new Set(readable.map(({ name }) => name))
  const hidden = all.map(({ name }) => name).filter((name) => !names.has(`hexroute.${name}`))
  return {
    tables: new Map([...readable.map((each) => [each.name, each] as const), ...systemTables.map(bare)]),
    hidden: new Set(hidden.flatMap((name) => [name, `hexroute.${name}`])),
  }
}

/** A table without a tenant has no rows that could be told apart; a view is as limited as the tables below it. */
function isReadable({ engine, columns }: TableRow): boolean {
  return (engine.endsWith('MergeTree') || engine === 'View') && columns.includes('tenant')
}

function toReadable({ name, engine, columns }: TableRow): ReadableTable {
  return { name: `hexroute.${name}`, columns: new Set(columns), isView: engine === 'View' }
}

function bare(name: string): [string, ReadableTable] {
  return [name, { name, columns: new Set(), isView: false }]
}

async function readRows(clickhouse: ClickHouseClient): Promise<TableRow[]> {
  const answer = await clickhouse.query({
    query: `SELECT t.database AS database, t.name AS name, t.engine AS engine, c.columns AS columns
              FROM system.tables AS t
              LEFT JOIN (
                SELECT database, table, groupArray(name) AS columns FROM system.columns
                 WHERE database IN ('hexroute', 'system') GROUP BY database, table
              ) AS c ON c.database = t.database AND c.table = t.name
             WHERE t.database = 'hexroute'
                OR (t.database = 'system' AND t.name IN ('tables', 'columns', 'databases'))`,
    format: 'JSONEachRow',
  })
  return answer.json<TableRow>()
}

async function readFunctions(clickhouse: ClickHouseClient): Promise<FunctionCheck> {
  const answer = await clickhouse.query({
    query: `SELECT name, is_aggregate = 1 AS isAggregate, case_insensitive = 1 AS anyCase, alias_to AS aliasTo,
                   toString(categories) AS category
              FROM system.functions WHERE origin = 'System'`,
    format: 'JSONEachRow',
  })
  return allowedFunctions(await answer.json<EngineFunction>())
}
