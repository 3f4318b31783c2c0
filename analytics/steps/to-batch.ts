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

/**
 * Messages in stream order to rows. The same messages always make the same batch: this is what lets a second try carry
 * the token of the first. An id that comes twice in a batch counts once, its last message holds.
 */
export function toBatch(messages: Message[], projection: Projection): Batch {
  const readable = new Map<string, TableRows[]>()
  const refused: Refused[] = []
  for (const message of messages) {
    try {
      const { id, tables } = projection(message)
      readable.delete(id)
      readable.set(id, tables)
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      refused.push({ message, code: 'MALFORMED_MESSAGE', detail: error.message })
    }
  }
  return {
    firstSeq: messages[0]!.seq,
    lastSeq: messages.at(-1)!.seq,
    ids: [...readable.keys()],
    tables: joinTables([...readable.values()].flat()),
    refused,
  }
}

function joinTables(parts: TableRows[]): TableRows[] {
  const byTable = new Map<string, TableRows>()
  for (const { table, rows } of parts) {
    const joined = byTable.get(table)
    if (joined) joined.rows.push(...rows)
    else byTable.set(table, { table, rows: [...rows] })
  }
  return [...byTable.values()].filter(({ rows }) => rows.length > 0)
}
