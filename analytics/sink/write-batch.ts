import type { ClickHouseClient } from '@clickhouse/client'
import type { Row, TableRows } from '../steps/projections.ts'
import { readRefusal } from '../steps/refusal.ts'
import { clickhouseTime } from '../steps/row-values.ts'

export type Destination = { clickhouse: Pick<ClickHouseClient, 'insert' | 'query' | 'command'>; database: string }
/** Sequences of one table, both ends included. */
export type SeqRange = { table: string; firstSeq: number; lastSeq: number }
export type Poison = { seq: number; table: string; detail: string }
export type Written = { table: string; rows: Row[]; poison: Poison[] }
export type Planned = {
  token: string
  /** ISO 8601: rows from before are of another stream of that name, with the same sequences. */
  streamCreated: string
  firstSeq: number
  lastSeq: number
  /** Ranges that ClickHouse is known to refuse as a whole. */
  refused: SeqRange[]
}
/** Saves that a range was refused, before its halves are written. */
export type RecordRefused = (range: SeqRange) => Promise<void>

/** More in one batch, or this many and no other, is no matter of rows: the table or a projection is wrong, and the stream waits. */
const POISON_MAX = 100
const POISON_ALONE_MAX = 10

/**
 * Inserts a batch, its tables side by side, each with its own token: a table that has seen the token drops the rows, so
 * a second try after any fault writes what the first has not. Blocks go on to the materialized views even then, which
 * drop them by the same rule.
 *
 * A range whose data ClickHouse refuses is recorded and goes in as its two halves of sequences, down to the one message
 * that is at fault. What was recorded is never tried as a whole again: after an upgrade it might be taken, with half of it
 * in the table already.
 */
export async function writeBatch(
  to: Destination,
  tables: TableRows[],
  plan: Planned,
  record: RecordRefused,
  signal: AbortSignal,
): Promise<Written[]> {
  const write = async ({ table, rows }: TableRows): Promise<Written> => {
    const poison: Poison[] = []
    const range = { table, firstSeq: plan.firstSeq, lastSeq: plan.lastSeq }
    await writeRange({ to, plan, record, signal, poison }, range, rows)
    if (poison.length > POISON_ALONE_MAX && new Set(rows.map((row) => row.stream_seq)).size === poison.length) {
      throw new Error(`all ${poison.length} messages of a batch refused by ${table}: is it migrated?`)
    }
    const bad = new Set(poison.map(({ seq }) => seq))
    return { table, rows: bad.size === 0 ? rows : rows.filter((row) => !bad.has(row.stream_seq)), poison }
  }
  // All to their end, also when one has failed: the next try must not find them under way.
  const ends = await Promise.allSettled(tables.map(write))
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason
    return end.value
  })
}

type Walk = { to: Destination; plan: Planned; record: RecordRefused; signal: AbortSignal; poison: Poison[] }

async function writeRange(walk: Walk, range: SeqRange, rows: Row[]): Promise<void> {
  const { plan, poison } = walk
  const first = rows[0]
  if (!first) return
  const isKnown = plan.refused.some((refused) => isSame(refused, range))
  const refusal = isKnown ? 'refused before' : await insertUnlessRefused(walk, range, rows)
  if (refusal === null) return
  if (rows.every((row) => row.stream_seq === first.stream_seq)) {
    poison.push({ seq: first.stream_seq, table: range.table, detail: `${range.table}: ${refusal}` })
    if (poison.length > POISON_MAX) throw new Error(`more than ${POISON_MAX} messages refused by ${range.table}`)
    return
  }
  if (!isKnown) await walk.record(range)
  // By sequence, not by row: the cut stays where it was when the stream has dropped messages meanwhile.
  const middle = Math.floor((range.firstSeq + range.lastSeq) / 2)
  const isLeft = (row: Row): boolean => row.stream_seq <= middle
  await writeRange(walk, { ...range, lastSeq: middle }, rows.filter(isLeft))
  await writeRange(
    walk,
    { ...range, firstSeq: middle + 1 },
    rows.filter((row) => !isLeft(row)),
  )
}

/** Null when the rows are in; else why ClickHouse will never take them. @throws every fault that may pass. */
async function insertUnlessRefused({ to, plan, signal }: Walk, range: SeqRange, rows: Row[]): Promise<string | null> {
  const { table, firstSeq, lastSeq } = range
  const isWhole = firstSeq === plan.firstSeq && lastSeq === plan.lastSeq
  try {
    await insertRows(
      to,
      table,
      rows,
      isWhole ? `${plan.token}:${table}` : `${plan.token}:${table}:${firstSeq}-${lastSeq}`,
      signal,
    )
    return null
  } catch (error) {
    const refusal = readRefusal(error)
    if (refusal === null) throw error
    if (await hasAny(to, range, plan.streamCreated)) {
      // Its halves would stand in the table twice. A view that throws is a defect of a migration, and no row's.
      throw new Error(`a view refuses rows that ${table} took: mend the view (${refusal})`, { cause: error })
    }
    return refusal
  }
}

export async function insertRows(
  { clickhouse, database }: Destination,
  table: string,
  rows: Row[],
  token: string,
  signal?: AbortSignal,
): Promise<void> {
  const columns = Object.keys(rows[0]!) as [string, ...string[]]
  await clickhouse.insert({
    table: `${database}.${table}`,
    columns,
    // One function makes all rows of a table: their columns come in the same order.
    values: rows.map((row) => Object.values(row)),
    format: 'JSONCompactEachRow',
    ...(signal ? { abort_signal: signal } : {}),
    clickhouse_settings: {
      async_insert: 0,
      insert_deduplicate: 1,
      insert_deduplication_token: token,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      // A backfill may span years of facts; the default of 100 partitions would refuse it for ever.
      max_partitions_per_insert_block: '0',
    },
  })
}

async function hasAny(to: Destination, range: SeqRange, streamCreated: string): Promise<boolean> {
  const found = await to.clickhouse.query({
    query: `SELECT 1 FROM {database:Identifier}.{table:Identifier} WHERE stream_seq BETWEEN {firstSeq:UInt64}
              AND {lastSeq:UInt64} AND received_at >= {created:DateTime64(3, 'UTC')} LIMIT 1`,
    query_params: { ...range, database: to.database, created: clickhouseTime(streamCreated) },
    format: 'JSONEachRow',
  })
  return (await found.json()).length > 0
}

const isSame = (a: SeqRange, b: SeqRange): boolean =>
  a.table === b.table && a.firstSeq === b.firstSeq && a.lastSeq === b.lastSeq
