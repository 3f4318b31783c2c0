import type { Channel } from './channel.ts'
import { type Cursor, type FeedItem, isAfter } from './cursor.ts'
import type { LiveSources } from './topic.ts'

/** Decisions that a new listener is given to begin with. */
const RECENT_MAX = 30
/** Decisions kept for those who were away for a moment; those before are history, not live. */
const RESUME_MAX = 500

/** The newest decisions of a tenant: read once for all its topics, and kept, as after a restart everybody comes back. */
export function createRecentDecisions(tenant: string | null, sources: LiveSources) {
  /** Oldest first. Undefined while nobody wants them. */
  let kept: FeedItem[] | undefined

  /** What came since the last call; nothing at the first. */
  async function read(): Promise<FeedItem[]> {
    const before = kept
    const after = before?.at(-1)?.cursor ?? (before ? { ms: 0, seq: 0 } : null)
    const items = await sources.feed(tenant, null, after, RESUME_MAX)
    kept = [...(before ?? []), ...items].slice(-RESUME_MAX)
    return before ? items : []
  }

  return {
    read,
    forget: () => {
      kept = undefined
    },
    /** True for one who comes from a process that had read further. */
    isBehind: (after: Cursor): boolean => isAfter(after, kept?.at(-1)?.cursor ?? { ms: 0, seq: 0 }),
    /** For one who joins: what came after his last decision, or the newest. Asks only where memory does not reach. */
    since: async (channel: Channel, after: Cursor | null): Promise<FeedItem[]> => {
      if (!kept) await read()
      const newest = kept?.at(-1)?.cursor
      if (!kept || !newest) return []
      const mine = kept.filter(channel.maySee)
      const isAll = kept.length < RESUME_MAX
      if (after && (isAll || !isAfter(kept[0]!.cursor, after)))
        return mine.filter((item) => isAfter(item.cursor, after))
      if (!after && (isAll || mine.length >= RECENT_MAX)) return mine.slice(-RECENT_MAX)
      const items = await sources.feed(tenant, channel.locationIds(), after, after ? RESUME_MAX : RECENT_MAX)
      return items.filter(({ cursor }) => !isAfter(cursor, newest))
    },
  }
}
