import { type Basis, type Channel, createChannel, type Listener } from './channel.ts'
import type { Cursor } from './cursor.ts'
import { createRecentDecisions } from './recent-decisions.ts'
import { type LiveSources, type Topic, topicKey } from './topic.ts'

export type TenantWatch = ReturnType<typeof createTenantWatch>

/**
 * Reads one tenant for all who listen to any part of it: in each round one question a window in use and one for new
 * decisions, however many topics there are. Steps run one after another, so a listener who joins gets what was before
 * and then each new decision once.
 */
export function createTenantWatch(tenant: string | null, sources: LiveSources) {
  /** `present` are also those who still wait for their welcome. */
  const channels = new Map<string, { channel: Channel; present: Set<Listener> }>()
  const bases = new Map<string, { basis: Basis; text: string }>()
  const decisions = createRecentDecisions(tenant, sources)
  let queue: Promise<void> = Promise.resolve()

  const step = (work: () => Promise<void>): Promise<void> => {
    queue = queue.then(work).catch(sources.onFault)
    return queue
  }

  async function readBasis(window: string): Promise<Basis> {
    const [places, counts] = await Promise.all([sources.places(tenant), sources.counts(tenant, window)])
    counts.sort((a, b) => (a.locationId < b.locationId ? -1 : 1))
    const text = JSON.stringify([places, counts])
    const known = bases.get(window)
    if (known?.text === text) return known.basis
    const basis = { places, counts }
    bases.set(window, { basis, text })
    return basis
  }

  async function refresh(): Promise<void> {
    const topics = [...channels.values()].map(({ channel }) => channel.topic)
    const windows = new Set(topics.map(({ window }) => window))
    for (const window of bases.keys()) if (!windows.has(window)) bases.delete(window)
    const read = new Map<string, Basis>()
    for (const window of windows) {
      // One window that takes too long leaves the others their figures.
      const basis = await readBasis(window).catch((error: Error) => void sources.onFault(error))
      if (basis) read.set(window, basis)
    }
    const isWanted = topics.some((topic) => topic.decisions)
    if (!isWanted) decisions.forget()
    const news = isWanted ? await decisions.read() : []
    const now = sources.now()
    for (const { channel } of channels.values()) channel.tell(read.get(channel.topic.window), news, now)
  }

  async function welcome(channel: Channel, listener: Listener, after: Cursor | null): Promise<void> {
    const { window } = channel.topic
    if (channel.topic.decisions && after && decisions.isBehind(after)) await refresh()
    if (!channel.hasFigures()) channel.tell(bases.get(window)?.basis ?? (await readBasis(window)), [], sources.now())
    listener(channel.welcome(channel.topic.decisions ? await decisions.since(channel, after) : []))
  }

  return {
    isIdle: () => channels.size === 0,
    refresh: () => step(refresh),
    /** @returns to be called when the listener leaves */
    join: (topic: Topic, after: Cursor | null, listener: Listener): (() => void) => {
      const key = topicKey(topic)
      const entry = channels.get(key) ?? { channel: createChannel(topic), present: new Set() }
      channels.set(key, entry)
      entry.present.add(listener)
      void step(async () => {
        // A store that is away now is told with the next figures.
        if (entry.present.has(listener)) await welcome(entry.channel, listener, after).catch(sources.onFault)
        if (entry.present.has(listener)) entry.channel.listeners.add(listener)
      })
      return () => {
        entry.present.delete(listener)
        entry.channel.listeners.delete(listener)
        if (entry.present.size === 0 && channels.get(key) === entry) channels.delete(key)
      }
    },
    /** Waits for the question under way, so that its store may be closed next. */
    settled: () => queue,
  }
}
