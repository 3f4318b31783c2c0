import { setTimeout as delay } from 'node:timers/promises'
import { whyEnded } from './backends/backend.ts'
import type { Exit } from './child.ts'
import { boundLog } from './log-file.ts'

export type Running = { pid: number; exited: Promise<Exit>; stop(): Promise<Exit> }
export type Supervised = { name: string; pid(): number; stop(): Promise<void> }
export type SuperviseOptions = {
  name: string
  logFile: string
  start: () => Promise<Running>
  say: (sentence: string) => void
  /** After every start but the first. */
  onRestart?: () => Promise<void>
  backOffMs?: number
}

const BACK_OFF_MS = 500
const BACK_OFF_MS_MAX = 30_000
/** Who ran this long was well: the next fault starts the back-off anew. */
const WELL_AFTER_MS = 60_000
const LOG_CHECK_MS = 30_000

/** Starts it, and starts it again whenever it ends without being told to. The first start's failure is the caller's. */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const state = { current: await options.start(), stopping: new AbortController() }
  const logCheck = setInterval(() => boundLog(options.logFile), LOG_CHECK_MS).unref()
  const watching = watch(options, state)
  return {
    name: options.name,
    pid: () => state.current.pid,
    stop: async () => {
      clearInterval(logCheck)
      state.stopping.abort()
      await state.current.stop()
      await watching
      // A restart that was under way when the stop came has by now put a new one in its place.
      await state.current.stop()
    },
  }
}

type State = { current: Running; stopping: AbortController }

async function watch(options: SuperviseOptions, state: State): Promise<void> {
  const first = options.backOffMs ?? BACK_OFF_MS
  for (let backOffMs = first; ; ) {
    const startedAt = Date.now()
    const exit = await state.current.exited
    if (state.stopping.signal.aborted) return
    if (Date.now() - startedAt > WELL_AFTER_MS) backOffMs = first
    const why = whyEnded(exit, options.logFile)
    options.say(`${options.name} stopped: ${why}. Starting it again. Log: ${options.logFile}`)
    backOffMs = await restart(options, state, backOffMs)
    if (state.stopping.signal.aborted) return
    options.say(`${options.name} runs again.`)
  }
}

/** Returns the back-off that the next fault begins with. */
async function restart(options: SuperviseOptions, state: State, firstBackOffMs: number): Promise<number> {
  for (let backOffMs = firstBackOffMs; ; backOffMs = Math.min(backOffMs * 2, BACK_OFF_MS_MAX)) {
    await delay(backOffMs, undefined, { signal: state.stopping.signal }).catch(() => undefined)
    if (state.stopping.signal.aborted) return backOffMs
    try {
      state.current = await options.start()
      await options.onRestart?.()
      return Math.min(backOffMs * 2, BACK_OFF_MS_MAX)
    } catch (error) {
      const next = Math.min(backOffMs * 2, BACK_OFF_MS_MAX) / 1000
      options.say(
        `${options.name} did not start: ${error instanceof Error ? error.message : error}. Next try in ${next} s.`,
      )
    }
  }
}
