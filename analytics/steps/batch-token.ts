import { createHash } from 'node:crypto'

export type BatchIdentity = {
  stream: string
  /** ISO 8601: a stream made anew counts from 1 again. */
  streamCreated: string
  firstSeq: number
  lastSeq: number
  /** Ids of the batch's rows in stream order. */
  ids: string[]
}

/** Raised when the mapping from message to row changes: the same messages then make other rows. */
const rowSchemaVersion = 2

/**
 * The deduplication token is a promise about content: ClickHouse drops a later insert with the same token unread, so it
 * must change with anything that changes the rows.
 */
export function batchToken({ stream, streamCreated, firstSeq, lastSeq, ids }: BatchIdentity): string {
  const hash = createHash('sha256')
  for (const id of ids) hash.update(id).update('\0')
  const content = hash.digest('hex').slice(0, 32)
  return `${stream}@${streamCreated}:${firstSeq}-${lastSeq}:${ids.length}:${content}:${rowSchemaVersion}`
}
