import type { PoolClient } from 'pg'
import type { Cap, PublishedRuleset } from '../../contracts/ruleset.ts'
import { codesOf, type TerritoryIndex } from '../../decide/compile-territories.ts'
import { type Postgres, transaction } from '../../kernel/postgres.ts'

/** Rows a statement: the parameters of one stay below a few megabytes. */
const CHUNK_ROWS = 50_000

/**
 * Writes a published ruleset's territories, codes, cells, caps and calendars for SQL and maps: all or nothing, once. Nothing
 * decides from these tables.
 */
export async function projectRuleset(
  pool: Postgres,
  published: PublishedRuleset,
  index: TerritoryIndex,
): Promise<void> {
  const tables = tablesOf(published, index)
  const expected = tables.map(({ rows }) => rows)
  if (await isProjected(pool, published.hash, expected)) return
  await transaction(pool, async (client) => {
    // Of several routers that see a new version at once, one writes.
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('hexroute.projection.' || $1, 0))`, [
      published.hash,
    ])
    if (await isProjected(client, published.hash, expected)) return
    for (const table of tables) {
      for (let at = 0; at < table.rows; at += CHUNK_ROWS) {
        const columns = table.columns.map((column) => column.slice(at, at + CHUNK_ROWS))
        await client.query(table.insert, [published.hash, ...table.constants, ...columns])
      }
    }
  })
}

async function isProjected(pool: Pick<PoolClient, 'query'>, hash: string, expected: number[]): Promise<boolean> {
  const { rows } = await pool.query<{ counts: number[] }>(
    `SELECT ARRAY[(SELECT count(*) FROM hexroute.territories WHERE ruleset_hash = $1),
       (SELECT count(*) FROM hexroute.territory_codes WHERE ruleset_hash = $1),
       (SELECT count(*) FROM hexroute.territory_cells WHERE ruleset_hash = $1),
       (SELECT count(*) FROM hexroute.caps WHERE ruleset_hash = $1),
       (SELECT count(*) FROM hexroute.calendars WHERE ruleset_hash = $1)]::integer[] AS counts`,
    [hash],
  )
  return expected.every((count, i) => rows[0]?.counts[i] === count)
}

/** One array a column; `insert` takes the hash, the constants and then the columns. */
type Table = { insert: string; constants: string[]; columns: unknown[][]; rows: number }

function tablesOf({ document }: PublishedRuleset, index: TerritoryIndex): Table[] {
  const { tenant, territories, caps, calendars = [] } = document
  const column = <T>(rows: readonly T[], ...reads: ((row: T) => unknown)[]) => ({
    columns: reads.map((read) => rows.map(read)),
    rows: rows.length,
  })
  return [
    {
      insert: `INSERT INTO hexroute.territories (ruleset_hash, tenant, id, location_id, kind, exclusive)
        SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::boolean[]) ON CONFLICT DO NOTHING`,
      constants: [tenant],
      ...column(
        territories,
        (t) => t.id,
        (t) => t.locationId,
        (t) => t.kind,
        (t) => t.exclusive,
      ),
    },
    {
      insert: `INSERT INTO hexroute.territory_codes (ruleset_hash, country, code, territory_id)
        SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING`,
      constants: [],
      ...column(
        codeRows(territories),
        ([key]) => key.slice(0, 2),
        ([key]) => key.slice(3),
        ([, id]) => id,
      ),
    },
    {
      insert: `INSERT INTO hexroute.territory_cells (ruleset_hash, cell, territory_id, boundary)
        SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::boolean[]) ON CONFLICT DO NOTHING`,
      constants: [],
      ...cellColumns(index),
    },
    {
      insert: `INSERT INTO hexroute.caps (ruleset_hash, tenant, ordinal, location_id, user_id, metric, time_window,
          limit_count, scope_source, scope_service, hard)
        SELECT $1, $2, * FROM unnest($3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
          $9::text[], $10::text[], $11::boolean[]) ON CONFLICT DO NOTHING`,
      constants: [tenant],
      ...capColumns(caps),
    },
    {
      insert: `INSERT INTO hexroute.calendars (ruleset_hash, tenant, id, document)
        SELECT $1, $2, id, document::jsonb FROM unnest($3::text[], $4::text[]) AS r(id, document) ON CONFLICT DO NOTHING`,
      constants: [tenant],
      ...column(
        calendars,
        (c) => c.id,
        (c) => JSON.stringify(c),
      ),
    },
  ]
}

/** A code that stands twice in one territory is one row. */
const codeRows = (territories: PublishedRuleset['document']['territories']): [key: string, id: string][] =>
  territories.flatMap((territory) =>
    [...new Set(codesOf(territory))].map((key): [string, string] => [key, territory.id]),
  )

function cellColumns({ list, layers }: TerritoryIndex): Pick<Table, 'columns' | 'rows'> {
  const cells: string[] = []
  const ids: string[] = []
  const boundaries: boolean[] = []
  for (const { resolution, keys, starts, claims } of layers) {
    const high = BigInt(0x80 + resolution) << 52n
    keys.forEach((key, i) => {
      const cell = (high | BigInt(key)).toString()
      for (let at = starts[i]!; at < starts[i + 1]!; at += 1) {
        cells.push(cell)
        ids.push(list[claims[at]! >> 1]!.id)
        boundaries.push((claims[at]! & 1) === 1)
      }
    })
  }
  return { columns: [cells, ids, boundaries], rows: cells.length }
}

const windowName = (window: Cap['window']): string =>
  typeof window === 'string' ? window : `rolling ${window.rollingDays} days`

const capColumns = (caps: readonly Cap[]): Pick<Table, 'columns' | 'rows'> => ({
  columns: [
    caps.map((_, ordinal) => ordinal),
    caps.map((cap) => cap.locationId),
    caps.map((cap) => cap.userId ?? null),
    caps.map((cap) => cap.metric),
    caps.map((cap) => windowName(cap.window)),
    caps.map((cap) => cap.limit),
    caps.map((cap) => cap.scope?.source ?? null),
    caps.map((cap) => cap.scope?.service ?? null),
    caps.map((cap) => cap.hard ?? true),
  ],
  rows: caps.length,
})
