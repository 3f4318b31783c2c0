import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { RouteAgain } from './route-again.ts'
import { routeEach } from './route-each.ts'
import type { Outbox } from './stores/outbox.ts'
import type { Publisher } from './stores/publisher.ts'
import type { QueueStore } from './stores/queue-store.ts'
import type { Turns } from './stores/turns.ts'

export type ChoreDeps = {
  queues: QueueStore
  outbox: Outbox
  publisher: Pick<Publisher, 'decisions'>
  routeAgain: RouteAgain
  clock: Clock
  log: Logger
}

export type Chore = {
  everyMs: number
  run: () => Promise<void>
  /** Each router does it for itself; else one router at a time does it for all. */
  isOwn?: boolean
}

/** Of one queue so many are looked at together: as many as are freed at once, seldom more. */
const QUEUE_HEADS_MAX = 25
const HEADS_MAX = 2_000
/** When many places were freed: so often the next ones are looked at in the same turn. */
const ROUNDS_MAX = 20
const BATCH_MAX = 500
/** A router publishes within milliseconds of its commit. */
const FORGOTTEN_AFTER_MS = 10_000

/**
 * Held leads, oldest first: those for which room has come, or whose time is over, are decided again. As long as any of
 * them leaves its queue, the next ones are looked at.
 */
export async function wakeHeldLeads({ queues, routeAgain, clock, log }: ChoreDeps): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const nowMs = clock()
    const heads = await queues.heads(nowMs, QUEUE_HEADS_MAX, HEADS_MAX)
    const wishes = heads.map((head) => ({ ...head, kind: 'held' as const }))
    const { decisions } = await routeEach(routeAgain, wishes, log)
    await queues.looked(
      heads.map(({ leadId }) => leadId),
      nowMs,
    )
    if (decisions.length === 0) return
  }
}

/** Leads that nobody claimed in time go to the next group. */
export async function passPondOn({ queues, routeAgain, clock, log }: ChoreDeps): Promise<void> {
  const unclaimed = await queues.unclaimed(clock(), BATCH_MAX)
  const wishes = unclaimed.map((lead) => ({ ...lead, kind: 'pond-timeout' as const }))
  await routeEach(routeAgain, wishes, log)
}

/** What a router committed and died before it published. */
export async function publishForgotten({ outbox, publisher }: ChoreDeps): Promise<void> {
  const decisions = await outbox.forgotten(FORGOTTEN_AFTER_MS, BATCH_MAX)
  await publisher.decisions(decisions)
  await outbox.published(decisions)
}

/** Runs each chore in its rhythm. @returns stop, which waits for those under way. */
export function startChores(chores: Record<string, Chore>, turns: Turns, log: Logger): () => Promise<void> {
  const underWay = new Set<Promise<void>>()
  const timers = Object.entries(chores).map(([name, { everyMs, run, isOwn }]) => {
    let isRunning = false
    return setInterval(() => {
      if (isRunning) return
      isRunning = true
      const turn = (isOwn ? run() : turns(name, run).then(() => undefined))
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
