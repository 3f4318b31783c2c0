import type { Conversion } from '../../contracts/conversion.ts'
import { type Cursor, type FeedItem, formatCursor, isAfter } from './cursor.ts'
import type { LiveSources, Topic } from './topic.ts'

/** Takes one server-sent event, already formatted. */
export type Listener = (event: string) => void
export type Channel = ReturnType<typeof createChannel>

/** Decisions that a new listener is given to begin with. */
const RECENT_MAX = 30
/** Decisions sent at once to one who was away; those before are history, not live. */
const RESUME_MAX = 500

/**
 * Reads one topic once per interval and hands what changed to all its listeners. Steps run one after another, so a
 * listener who joins gets the recent decisions first and then each new one once.
 */
export function createChannel(topic: Topic, sources: LiveSources) {
  const listeners = new Set<Listener>()
  let recent: FeedItem[] | undefined
  let conversion: Conversion | undefined
  let queue: Promise<void> = Promise.resolve()
  let running = false

  const step = (work: () => Promise<void>): void => {
    queue = queue.then(work).catch(sources.onFault)
  }
  const broadcast = (event: string): void => {
    for (const listener of listeners) listener(event)
  }

  async function refresh(): Promise<void> {
    const next = await sources.conversion(topic)
    const isNew = !conversion || figures(next) !== figures(conversion)
    conversion = next
    if (isNew) broadcast(conversionEvent(next))
    const last = recent?.at(-1)?.cursor ?? null
    const items = await sources.feed(
      topic,
      last ?? (recent ? { ms: 0, seq: 0 } : null),
      recent ? RESUME_MAX : RECENT_MAX,
    )
    recent = [...(recent ?? []), ...items].slice(-RECENT_MAX)
    for (const item of items) broadcast(decisionEvent(item))
  }

  async function welcome(listener: Listener, after: Cursor | null): Promise<void> {
    if (!conversion || !recent) await refresh()
    if (conversion) listener(conversionEvent(conversion))
    const newest = recent?.at(-1)?.cursor
    const missed = after ? await sources.feed(topic, after, RESUME_MAX) : (recent ?? [])
    for (const item of missed) {
      if (newest && !isAfter(item.cursor, newest)) listener(decisionEvent(item))
    }
  }

  const timer = setInterval(() => {
    // A slow store must not pile up questions: the next tick asks again.
    if (running || listeners.size === 0) return
    running = true
    step(() =>
      refresh().finally(() => {
        running = false
      }),
    )
  }, sources.everyMs)

  const joining = new Set<Listener>()
  return {
    join: (listener: Listener, after: Cursor | null) => {
      joining.add(listener)
      step(async () => {
        await welcome(listener, after).catch(sources.onFault)
        if (joining.delete(listener)) listeners.add(listener)
      })
    },
    leave: (listener: Listener) => {
      joining.delete(listener)
      listeners.delete(listener)
    },
    size: () => listeners.size + joining.size,
    /** Waits for the question under way, so that its store may be closed next. */
    close: async () => {
      clearInterval(timer)
      await queue
    },
  }
}

const figures = ({ asOf: _asOf, ...rest }: Conversion): string => JSON.stringify(rest)

const conversionEvent = (conversion: Conversion): string => `event: conversion\ndata: ${JSON.stringify(conversion)}\n\n`

const decisionEvent = ({ cursor, decision }: FeedItem): string =>
  `id: ${formatCursor(cursor)}\nevent: decision\ndata: ${JSON.stringify(decision)}\n\n`
