import { clickhouseTime } from '../steps/row-values.ts'
import type { Destination } from './write-batch.ts'

/** Messages of one stream: both ends included, in sequence and in JetStream's time (ISO 8601). */
export type Span = { firstSeq: number; lastSeq: number; firstAt: string; lastAt: string }

/** In the URL of the query: 200 UUIDs are 8 KB, and Node's server takes 16 KB of request line and headers. */
const IDS_AT_ONCE = 200

export const inSpan = `stream_seq BETWEEN {firstSeq:UInt64} AND {lastSeq:UInt64}
  AND received_at BETWEEN {firstAt:DateTime64(3, 'UTC')} AND {lastAt:DateTime64(3, 'UTC')}`

/** Rows as they lie in a table, not merged; `idsXor` as steps/ids-xor.ts makes it. */
export async function sumHeld(
  to: Destination,
  table: string,
  idColumn: string,
  span: Span,
): Promise<{ rowCount: number; idsXor: string }> {
  const [row] = await ask<{ rows: string; ids_xor: string }>(
    to,
    `SELECT toString(count()) AS rows, toString(reinterpretAsInt64(groupBitXor(
              bitXor(toUInt64(bitShiftRight(toUInt128({id:Identifier}), 64)),
                     toUInt64(bitAnd(toUInt128({id:Identifier}), toUInt128(18446744073709551615))))))) AS ids_xor
       FROM {database:Identifier}.{table:Identifier} WHERE ${inSpan}`,
    { table, id: idColumn, ...spanParams(span) },
  )
  return { rowCount: Number(row!.rows), idsXor: row!.ids_xor }
}

/** How many rows of each message lie in a table. */
export async function countHeld(
  to: Destination,
  table: string,
  idColumn: string,
  span: Span,
): Promise<Map<string, number>> {
  const found = await ask<{ id: string; rows: string }>(
    to,
    `SELECT toString({id:Identifier}) AS id, toString(count()) AS rows
       FROM {database:Identifier}.{table:Identifier} WHERE ${inSpan} GROUP BY id`,
    { table, id: idColumn, ...spanParams(span) },
  )
  return new Map(found.map(({ id, rows }) => [id, Number(rows)]))
}

/** Which of the ids lie in rows of later messages: a message that came again replaces the rows of the first. */
export async function findReplaced(
  to: Destination,
  table: string,
  idColumn: string,
  span: Span,
  ids: string[],
): Promise<Set<string>> {
  const replaced = new Set<string>()
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
    const found = await ask<{ id: string }>(
      to,
      `SELECT DISTINCT toString({id:Identifier}) AS id FROM {database:Identifier}.{table:Identifier}
        WHERE received_at >= {lastAt:DateTime64(3, 'UTC')} AND stream_seq > {lastSeq:UInt64} AND {id:Identifier} IN {ids:Array(UUID)}`,
      { table, id: idColumn, ...spanParams(span), ids: ids.slice(at, at + IDS_AT_ONCE) },
    )
    for (const { id } of found) replaced.add(id)
  }
  return replaced
}

export const spanParams = ({ firstAt, lastAt, ...range }: Span) => ({
  ...range,
  firstAt: clickhouseTime(firstAt),
  lastAt: clickhouseTime(lastAt),
})

async function ask<Row>(to: Destination, query: string, params: Record<string, unknown>): Promise<Row[]> {
  const query_params = { database: to.database, ...params }
  const found = await to.clickhouse.query({ query, query_params, format: 'JSONEachRow' })
  return found.json<Row>()
}
