import type { LiveDecision } from '../../contracts/conversion.ts'

/** Place in the order in which JetStream stored the decisions. */
export type Cursor = { ms: number; seq: number }
export type FeedItem = { cursor: Cursor; decision: LiveDecision }

export const formatCursor = ({ ms, seq }: Cursor): string => `${ms}-${seq}`

/** `Last-Event-ID` as a cursor; null when it is none of ours. */
export function parseCursor(text: string | undefined): Cursor | null {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? '')
  return match ? { ms: Number(match[1]), seq: Number(match[2]) } : null
}

export const isAfter = (a: Cursor, b: Cursor): boolean => a.ms > b.ms || (a.ms === b.ms && a.seq > b.seq)
