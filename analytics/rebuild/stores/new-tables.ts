import type { ClickHouseClient } from '@clickhouse/client'

/** Tables with rows of messages: by which id a row is known, and when JetStream had it. The others follow from these. */
const idOf = {
  events: 'event_id',
  decisions: 'decision_id',
  decision_candidates: 'decision_id',
  decision_users: 'decision_id',
  deliveries: 'delivery_id',
  lead_facts: 'fact_id',
} as const
export type RowTable = keyof typeof idOf
export const rowTables = Object.keys(idOf) as RowTable[]

/** Where the copies are filled. */
export const REBUILD_DATABASE = 'hexroute_rebuild'
const LIVE = 'hexroute'
/** A copy of years takes longer than a question may. */
const LONG = { max_execution_time: 0, max_partitions_per_insert_block: '0' } as const

export type NewTables = ReturnType<typeof createNewTables>
type Table = { name: string; engine: string }

/** ClickHouse takes no parameter for a table's name after AS and INTO: names of our own migrations are written out. */
function named(database: typeof LIVE | typeof REBUILD_DATABASE, table: string): string {
  if (!/^[a-z_]+$/.test(table)) throw new Error(`${table} is no table of a migration`)
  return `\`${database}\`.\`${table}\``
}
const live = (table: string): string => named(LIVE, table)
const fresh = (table: string): string => named(REBUILD_DATABASE, table)

/** The second set of tables: made like the live ones, filled beside them, and put in their place partition by partition. */
export function createNewTables(clickhouse: ClickHouseClient) {
  const command = (query: string, query_params: Record<string, unknown> = {}) =>
    clickhouse.command({ query, query_params, clickhouse_settings: LONG })
  const read = async <Row>(query: string, query_params: Record<string, unknown> = {}): Promise<Row[]> =>
    (await clickhouse.query({ query, query_params, clickhouse_settings: LONG, format: 'JSONEachRow' })).json<Row>()
  // Without their texts, which ClickHouse makes anew for each of them: that takes five times as long.
  const stored = (): Promise<Table[]> =>
    read<Table>(
      `SELECT name, engine FROM system.tables
        WHERE database = {live:String} AND name != 'migrations' AND engine LIKE '%MergeTree' ORDER BY name`,
      { live: LIVE },
    )
  const materializedViews = (): Promise<{ query: string }[]> =>
    read<{ query: string }>(
      `SELECT create_table_query AS query FROM system.tables
        WHERE database = {live:String} AND engine = 'MaterializedView' ORDER BY name`,
      { live: LIVE },
    )
  const partitionsOf = async (database: string, table: string): Promise<string[]> => {
    const rows = await read<{ id: string }>(
      `SELECT DISTINCT partition_id AS id FROM system.parts
        WHERE active AND database = {database:String} AND table = {table:String}`,
      { database, table },
    )
    return rows.map(({ id }) => id)
  }

  return {
    /** Bytes that the copies will take beside the live tables, and what is free. */
    disk: async (): Promise<{ needed: number; free: number }> => {
      const [row] = await read<{ needed: string; free: string }>(
        `SELECT toString((SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = {live:String})) AS needed,
                toString(min(free_space)) AS free FROM system.disks`,
        { live: LIVE },
      )
      return { needed: Number(row!.needed), free: Number(row!.free) }
    },
    isReplicated: async (): Promise<boolean> => (await stored()).some(({ engine }) => engine.startsWith('Replicated')),
    drop: () => command(`DROP DATABASE IF EXISTS ${REBUILD_DATABASE} SYNC`),
    /** What an earlier rebuild left is dropped: it is cheaper to fill again than to know what is missing. */
    create: async (): Promise<void> => {
      await command(`DROP DATABASE IF EXISTS ${REBUILD_DATABASE} SYNC`)
      await command(`CREATE DATABASE ${REBUILD_DATABASE} ENGINE = Atomic`)
      for (const { name } of await stored()) await command(`CREATE TABLE ${fresh(name)} AS ${live(name)}`)
      // ClickHouse's own text, every table of it in the other database: the views must fill the copies.
      for (const { query } of await materializedViews())
        await command(query.replaceAll(`${LIVE}.`, `${REBUILD_DATABASE}.`))
    },
    /** Rows that the live table has and the copy lacks: older than the stream, or of messages that are gone. */
    carryOver: async (table: RowTable): Promise<void> =>
      void (await command(
        `INSERT INTO ${fresh(table)} SELECT * FROM ${live(table)}
          WHERE {id:Identifier} NOT IN (SELECT {id:Identifier} FROM ${fresh(table)})`,
        { id: idOf[table] },
      )),
    /** Of these ids, those that the copy has. */
    known: async (table: RowTable, ids: readonly string[]): Promise<Set<string>> => {
      const rows = await read<{ id: string }>(
        `SELECT DISTINCT toString({id:Identifier}) AS id FROM ${fresh(table)}
          WHERE {id:Identifier} IN {ids:Array(UUID)}`,
        { id: idOf[table], ids },
      )
      return new Set(rows.map(({ id }) => id))
    },
    /** How many ids the live table has that the copy lacks. Anything but 0 would be lost by the swap. */
    missing: async (table: RowTable): Promise<number> => {
      const [row] = await read<{ count: string }>(
        `SELECT toString(uniqExact({id:Identifier})) AS count FROM ${live(table)}
          WHERE {id:Identifier} NOT IN (SELECT {id:Identifier} FROM ${fresh(table)})`,
        { id: idOf[table] },
      )
      return Number(row!.count)
    },
    /** Inserts that a sink had sent before it was paused, and that ClickHouse still carries out. */
    inserting: async (): Promise<number> => {
      const [row] = await read<{ count: string }>(
        `SELECT toString(count()) AS count FROM system.processes WHERE query_kind = 'Insert' AND query LIKE '%INTO hexroute.%'`,
      )
      return Number(row!.count)
    },
    stored: async () => (await stored()).map(({ name }) => name),
    count: async (table: string): Promise<number> =>
      Number((await read<{ n: string }>(`SELECT toString(count()) AS n FROM ${fresh(table)} FINAL`))[0]!.n),
    /** Each partition in one step; views go on writing into the same table. What the copy has no rows for goes. */
    swap: async (table: string): Promise<void> => {
      const filled = await partitionsOf(REBUILD_DATABASE, table)
      const before = await partitionsOf(LIVE, table)
      for (const id of filled)
        await command(`ALTER TABLE ${live(table)} REPLACE PARTITION ID {id:String} FROM ${fresh(table)}`, { id })
      for (const id of before.filter((id) => !filled.includes(id)))
        await command(`ALTER TABLE ${live(table)} DROP PARTITION ID {id:String}`, { id })
    },
  }
}
