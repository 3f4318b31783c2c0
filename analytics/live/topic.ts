import type { Conversion } from '../../contracts/conversion.ts'
import type { Scope } from '../steps/scope.ts'
import type { Cursor, FeedItem } from './cursor.ts'

/** What a listener wants to hear about. */
export type Topic = { scope: Scope; window: string; by: Conversion['by'] }

export type LiveSources = {
  conversion: (topic: Topic) => Promise<Conversion>
  /** Decisions after a cursor, oldest first; without one the newest `limit`. */
  feed: (topic: Topic, after: Cursor | null, limit: number) => Promise<FeedItem[]>
  everyMs: number
  onFault: (error: Error) => void
}
