import type { Scope } from '../steps/scope.ts'
import type { By, LeadCount, Place } from '../steps/to-conversion.ts'
import type { Cursor, FeedItem } from './cursor.ts'

/** What a listener wants to hear about. */
export type Topic = {
  scope: Scope
  window: string
  by: By
  /** Each decision too, not the figures alone. */
  decisions: boolean
}

/** The same for all who may see the same, whichever key they have. */
export const topicKey = ({ scope, window, by, decisions }: Topic): string =>
  JSON.stringify([scope.regionIds.toSorted(), scope.locationIds.toSorted(), window, by, decisions])

/** Reads of a whole tenant; of every one when it is null. */
export type LiveSources = {
  places: (tenant: string | null) => Promise<Place[]>
  counts: (tenant: string | null, window: string) => Promise<LeadCount[]>
  /** The newest decisions after a cursor, of all locations or of some; oldest first. */
  feed: (
    tenant: string | null,
    locationIds: string[] | null,
    after: Cursor | null,
    limit: number,
  ) => Promise<FeedItem[]>
  now: () => string
  everyMs: number
  onRound: (tookMs: number) => void
  onFault: (error: Error) => void
}
