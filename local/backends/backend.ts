import { setTimeout as delay } from 'node:timers/promises'
import type { Child, Exit } from '../child.ts'
import { lastLines } from '../log-file.ts'
import { Problem } from '../problem.ts'

export type BackendOptions = {
  /** Everything the backend keeps lies under this directory. */
  dir: string
  /** 0 asks for any free port. */
  port?: number
  logFile?: string
  log?: (line: string) => void
}

export type Backend = {
  name: string
  url: string
  port: number
  pid: number
  exited: Promise<Exit>
  stop(): Promise<Exit>
}

const PROBE_EVERY_MS = 50
/** Ready takes a second; a busy two-core machine was seen to need forty. */
const READY_WITHIN_MS = 90_000

/** Waits until the probe answers true; a child that ends first, or silence until the limit, is a clear sentence. */
export async function untilReady(child: Child, logFile: string, probe: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline) {
    if (await probe()) return
    const ended = await Promise.race([child.exited, delay(PROBE_EVERY_MS)])
    if (ended) throw new Problem(`${child.name} stopped while starting: ${whyEnded(ended, logFile)} (log: ${logFile})`)
  }
  await child.stop()
  throw new Problem(`${child.name} did not answer within ${READY_WITHIN_MS / 1000} s (log: ${logFile})`)
}

/** One phrase for a person: a full disk by name, else the last line the child wrote. */
export function whyEnded(exit: Exit, logFile: string): string {
  if (exit.error) return exit.error.message
  const lines = lastLines(logFile, 8)
  const full = lines.find((line) => /ENOSPC|no space left on device/i.test(line))
  if (full) return `the disk is full ("${full.trim()}")`
  const how = exit.signal ? `ended by ${exit.signal}` : `exit code ${exit.code}`
  const last = lines.at(-1)
  return last ? `${how}, last line "${readable(last).slice(0, 300)}"` : how
}

/** Our own processes log JSON: its message and fault are what a person wants to read. */
function readable(line: string): string {
  try {
    const { msg, error } = JSON.parse(line)
    return [msg, error].filter((part) => typeof part === 'string').join(': ') || line.trim()
  } catch {
    return line.trim()
  }
}
