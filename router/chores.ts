import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { RouteAgain } from './route-again.ts'
import type { Outbox } from './stores/outbox.ts'
import type { Publisher } from './stores/publisher.ts'
import type { QueueStore } from './stores/queue-store.ts'
import type { Turns } from './stores/turns.ts'

export type ChoreDeps = {
  queues: QueueStore
  outbox: Outbox
  publisher: Pick<Publisher, 'decisions'>
  routeAgain: RouteAgain
  /** Tells this router how many wait where. */
  refreshWaiting: () => Promise<void>
  clock: Clock
}

/** Of one queue so many are looked at in a turn: as many as are freed at once, seldom more. */
const QUEUE_HEADS_MAX = 25
const BATCH_MAX = 500
/** A router publishes within milliseconds of its commit. */
const FORGOTTEN_AFTER_MS = 10_000

/** Held leads, oldest first: those for which room has come, or whose time is over, are decided again. */
export async function wakeHeldLeads({ queues, routeAgain, refreshWaiting }: ChoreDeps): Promise<void> {
  const heads = await queues.heads(QUEUE_HEADS_MAX, BATCH_MAX)
  if (heads.length > 0) await routeAgain(heads.map((head) => ({ ...head, kind: 'held' })))
  await refreshWaiting()
}

/** Leads that nobody claimed in time go to the next group. */
export async function passPondOn({ queues, routeAgain, clock }: ChoreDeps): Promise<void> {
  const unclaimed = await queues.unclaimed(clock(), BATCH_MAX)
  if (unclaimed.length > 0) await routeAgain(unclaimed.map((lead) => ({ ...lead, kind: 'pond-timeout' })))
}

/** What a router committed and died before it published. */
export async function publishForgotten({ outbox, publisher }: ChoreDeps): Promise<void> {
  const decisions = await outbox.forgotten(FORGOTTEN_AFTER_MS, BATCH_MAX)
  await publisher.decisions(decisions)
  await outbox.published(decisions)
}

/** Runs each chore in its rhythm, in one router at a time. @returns stop, which waits for those under way. */
export function startChores(
  chores: Record<string, { everyMs: number; run: () => Promise<void> }>,
  turns: Turns,
  log: Logger,
): () => Promise<void> {
  const underWay = new Set<Promise<void>>()
  const timers = Object.entries(chores).map(([name, { everyMs, run }]) => {
    let isRunning = false
    return setInterval(() => {
      if (isRunning) return
      isRunning = true
      const turn = turns(name, run)
        .then(() => undefined)
        .catch((error: Error) => log.warn({ chore: name, error: error.message }, 'chore failed'))
        .finally(() => {
          isRunning = false
          underWay.delete(turn)
        })
      underWay.add(turn)
    }, everyMs)
  })
  return async () => {
    for (const timer of timers) clearInterval(timer)
    await Promise.all(underWay)
  }
}
