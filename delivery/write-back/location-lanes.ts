/** Each location's lane has a `key`. */
export type LocationLanesOptions<T> = {
  /** Items in work over all locations, and per location: a slow one holds its own slots only. */
  slotsMax: number
  slotsPerLocationMax: number
  /** Items waiting per location, and over all: a burst waits here, where it stands in nobody's way. More goes back to the stream. */
  queueMax: number
  heldMax: number
  /** Calls that an item of the lane makes in the ordinary case: it starts only when they fit into the limit. */
  callsOf: (key: string) => number
  roomInMs: (key: string, calls: number) => number
  /** How long so many calls last at the pace of the limit. A lane with more than `pacedFrom` waiting keeps to it. */
  paceMs: (calls: number) => number
  pacedFrom: number
  /** Never throws: faults are settled inside. */
  run: (item: T) => Promise<void>
  giveBack: (item: T, delayMs: number) => void
}

export type LocationLanes<T> = {
  /** Takes the item, or gives it back at once: what waits in a lane is known to be in hand, what waits before one is not. */
  push: (key: string, item: T) => void
  /** No item of this location starts for so long; those that wait go back to the stream. */
  rest: (key: string, ms: number) => void
  /** Gives back what waits and lets what runs end. */
  drain: () => Promise<void>
}

type Lane<T> = {
  queue: T[]
  running: number
  /** Of those that run. */
  calls: number
  restUntilMs: number
  /** When a long lane starts its next item. */
  nextStartMs: number
  timer: NodeJS.Timeout | undefined
}
type State<T> = LocationLanesOptions<T> & {
  lanes: Map<string, Lane<T>>
  running: number
  /** Items that wait, over all lanes. */
  held: number
  draining: boolean
  /** Whoever drains waits for the next to end. */
  waiting: (() => void)[]
}

/** How far a lane that was kept waiting may catch up with its pace. */
const CATCH_UP_MS = 500
/** A full lane has minutes of work: what it has no room for need not come back before, and not all at once. */
const OVERFLOW_DELAY_MS = { min: 30_000, max: 60_000 }

/**
 * Work side by side over locations: each location has its own lane, lanes take turns, and a lane that is used up, resting
 * or slow leaves the slots to the others.
 */
export function createLocationLanes<T>(options: LocationLanesOptions<T>): LocationLanes<T> {
  const state: State<T> = { ...options, lanes: new Map(), running: 0, held: 0, draining: false, waiting: [] }
  return {
    push: (key, item) => {
      const lane = laneOf(state, key)
      const restMs = lane.restUntilMs - Date.now()
      if (state.draining) state.giveBack(item, 0)
      else if (restMs > 0) state.giveBack(item, restMs)
      else if (lane.queue.length >= state.queueMax || state.held >= state.heldMax)
        state.giveBack(item, overflowDelayMs())
      else {
        lane.queue.push(item)
        state.held += 1
        // No other lane can start because of it: a look at all of them for each lead of a burst would be the others' time.
        if (state.running < state.slotsMax && mayStart(state, key, lane)) startNext(state, key, lane)
      }
    },
    rest: (key, ms) => {
      const lane = laneOf(state, key)
      lane.restUntilMs = Math.max(lane.restUntilMs, Date.now() + ms)
      empty(state, lane, ms)
    },
    drain: async () => {
      state.draining = true
      for (const lane of state.lanes.values()) {
        clearTimeout(lane.timer)
        empty(state, lane, 0)
      }
      while (state.running > 0) await slotFreed(state)
    },
  }
}

/** Starts one item of each lane that may, and again while any lane could. */
function pump<T>(state: State<T>): void {
  for (let started = true; started; ) {
    started = false
    for (const [key, lane] of [...state.lanes]) {
      if (state.draining || state.running >= state.slotsMax) return
      if (isIdle(lane)) state.lanes.delete(key)
      if (!mayStart(state, key, lane)) continue
      startNext(state, key, lane)
      started = true
    }
  }
}

/** A lane that started goes to the end of the line. */
function startNext<T>(state: State<T>, key: string, lane: Lane<T>): void {
  state.lanes.delete(key)
  state.lanes.set(key, lane)
  start(state, key, lane)
}

function mayStart<T>(state: State<T>, key: string, lane: Lane<T>): boolean {
  if (lane.queue.length === 0 || lane.running >= state.slotsPerLocationMax) return false
  // A burst that spent its window as fast as it could would stop everybody else for that time.
  const paceWaitMs = lane.queue.length > state.pacedFrom ? lane.nextStartMs - Date.now() : 0
  const waitMs = Math.max(paceWaitMs, state.roomInMs(key, lane.calls + state.callsOf(key)))
  if (waitMs <= 0) return true
  lane.timer ??= setTimeout(() => {
    lane.timer = undefined
    pump(state)
  }, waitMs)
  return false
}

function start<T>(state: State<T>, key: string, lane: Lane<T>): void {
  const item = lane.queue.shift()!
  state.held -= 1
  const calls = state.callsOf(key)
  state.running += 1
  lane.running += 1
  lane.calls += calls
  lane.nextStartMs = Math.max(lane.nextStartMs, Date.now() - CATCH_UP_MS) + state.paceMs(calls)
  void state.run(item).finally(() => {
    state.running -= 1
    lane.running -= 1
    lane.calls -= calls
    pump(state)
    for (const proceed of state.waiting.splice(0)) proceed()
  })
}

function laneOf<T>(state: State<T>, key: string): Lane<T> {
  const lane = state.lanes.get(key) ?? {
    queue: [],
    running: 0,
    calls: 0,
    restUntilMs: 0,
    nextStartMs: Date.now(),
    timer: undefined,
  }
  state.lanes.set(key, lane)
  return lane
}

function empty<T>(state: State<T>, lane: Lane<T>, delayMs: number): void {
  const items = lane.queue.splice(0)
  state.held -= items.length
  for (const item of items) state.giveBack(item, delayMs)
}

const overflowDelayMs = (): number =>
  Math.round(OVERFLOW_DELAY_MS.min + Math.random() * (OVERFLOW_DELAY_MS.max - OVERFLOW_DELAY_MS.min))

const slotFreed = <T>(state: State<T>): Promise<void> => new Promise((resolve) => state.waiting.push(resolve))

const isIdle = <T>(lane: Lane<T>): boolean =>
  lane.queue.length === 0 && lane.running === 0 && lane.restUntilMs <= Date.now()
