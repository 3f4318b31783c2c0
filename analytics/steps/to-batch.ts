import { Malformed } from './malformed.ts'
import type { Projection, TableRows } from './projections.ts'
import type { StoredAt } from './stored-at.ts'

export type Message = StoredAt & { subject: string; bytes: Uint8Array }
export type Refused = { message: Message; code: 'MALFORMED_MESSAGE' | 'REFUSED_BY_CLICKHOUSE'; detail: string }
export type Batch = {
  firstSeq: number
  lastSeq: number
  /** Ids of what was readable, in stream order. */
  ids: string[]
  tables: TableRows[]
  refused: Refused[]
}

/** What a message became: its rows under its id, or why it never can. */
export type Read = { message: Message; id: string; tables: TableRows[] } | Refused

export function readMessage(message: Message, projection: Projection): Read {
  try {
    return { message, ...projection(message) }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    return { message, code: 'MALFORMED_MESSAGE', detail: error.message }
  }
}

/**
 * Messages in stream order to a batch. The same messages always make the same batch: this is what lets a second try carry
 * the token of the first. An id that comes twice in a batch counts once, its last message holds.
 */
export function joinBatch(reads: Read[]): Batch {
  const readable = new Map<string, TableRows[]>()
  const refused: Refused[] = []
  for (const read of reads) {
    if ('code' in read) {
      refused.push(read)
    } else {
      readable.delete(read.id)
      readable.set(read.id, read.tables)
    }
  }
  return {
    firstSeq: reads[0]!.message.seq,
    lastSeq: reads.at(-1)!.message.seq,
    ids: [...readable.keys()],
    tables: joinTables([...readable.values()].flat()),
    refused,
  }
}

export const toBatch = (messages: Message[], projection: Projection): Batch =>
  joinBatch(messages.map((message) => readMessage(message, projection)))

function joinTables(parts: TableRows[]): TableRows[] {
  const byTable = new Map<string, TableRows>()
  for (const { table, rows } of parts) {
    const joined = byTable.get(table)
    if (joined) joined.rows.push(...rows)
    else byTable.set(table, { table, rows: [...rows] })
  }
  return [...byTable.values()].filter(({ rows }) => rows.length > 0)
}
