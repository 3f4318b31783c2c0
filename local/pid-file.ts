import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isSameProcess, type ProcessIdentity, processIdentity } from './process-identity.ts'

/** Notes on disk that this pid is ours, with its start time. */
export function recordPid(file: string, pid: number): void {
  const identity = processIdentity(pid)
  if (!identity) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(identity), { mode: 0o600 })
}

export function forgetPid(file: string, pid: number): void {
  if (readPid(file)?.pid === pid) rmSync(file, { force: true })
}

/** What the file names, when it still runs and is the same process. */
export function runningPid(file: string): ProcessIdentity | undefined {
  const recorded = readPid(file)
  return recorded && isSameProcess(recorded) ? recorded : undefined
}

/** Ends the process that a killed launcher left behind. Touches nothing that this file does not name. */
export async function endOrphan(file: string, signal: NodeJS.Signals = 'SIGTERM', withinMs = 8_000): Promise<boolean> {
  const orphan = runningPid(file)
  if (!orphan) {
    rmSync(file, { force: true })
    return false
  }
  process.kill(orphan.pid, signal)
  if (!(await goneWithin(orphan, withinMs))) {
    process.kill(orphan.pid, 'SIGKILL')
    await goneWithin(orphan, 2_000)
  }
  rmSync(file, { force: true })
  return true
}

async function goneWithin(who: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (Date.now() < deadline) {
    if (!isSameProcess(who)) return true
    await delay(25)
  }
  return !isSameProcess(who)
}

function readPid(file: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isIdentity(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  return (
    typeof value === 'object' && value !== null && 'pid' in value && Number.isInteger(value.pid) && 'startedAt' in value
  )
}
