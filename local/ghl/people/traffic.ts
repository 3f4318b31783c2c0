import type { Journal } from '../record/journal.ts'
import type { Sending } from '../webhooks/bodies.ts'
import type { Sender } from '../webhooks/sender.ts'
import { slotOf } from './slot.ts'
import type { Traffic } from './traffic-request.ts'
import { loadZipCodes, type ZipCodes } from './zip-codes.ts'

export type TrafficRun = {
  start: (traffic: Traffic) => void
  stop: () => void
  running: () => boolean
}

const TICK_MS = 10
/** A stalled receiver or a slept laptop must not turn into one giant volley. */
const BACKLOG_S_MAX = 1
/** Webhooks that wait for an answer: beyond it the people wait too, memory does not grow. */
const UNSETTLED_MAX = 20_000

/** Fills slots at the set rate by the clock (open loop), so that a slow receiver does not slow the senders. */
export function createTraffic(journal: Journal, sender: Sender, sending: Sending): TrafficRun {
  // Half a second to read: not at start, where an API test needs none of it.
  let zips: ZipCodes | undefined
  let timer: NodeJS.Timeout | undefined

  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
  }

  const start = (traffic: Traffic): void => {
    stop()
    zips ??= loadZipCodes()
    const places = zips
    const startedMs = performance.now()
    let filled = 0
    let owed = 0
    let lastMs = startedMs
    let burstsDone = 0
    const tick = (): void => {
      const nowMs = performance.now()
      owed = Math.min(owed + ((nowMs - lastMs) / 1_000) * traffic.ratePerS, traffic.ratePerS * BACKLOG_S_MAX + 1)
      lastMs = nowMs
      const seconds = (nowMs - startedMs) / 1_000
      const burstsDue = traffic.bursts ? Math.floor(seconds / traffic.bursts.everyS) : 0
      if (traffic.bursts && burstsDue > burstsDone) owed += traffic.bursts.size
      burstsDone = burstsDue
      while (owed >= 1 && filled < (traffic.count ?? Infinity) && sender.figures().unsettled < UNSETTLED_MAX) {
        owed -= 1
        filled += 1
        const { changes, hooks } = slotOf(sending, journal.state, traffic, places)
        void sender.emit(changes, hooks)
      }
      if (filled >= (traffic.count ?? Infinity) || seconds >= (traffic.forS ?? Infinity)) stop()
    }
    timer = setInterval(tick, TICK_MS)
  }

  return { start, stop, running: () => timer !== undefined }
}
