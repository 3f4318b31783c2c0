import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { forgetPid, recordPid } from './pid-file.ts'

export type Exit = { code: number | null; signal: NodeJS.Signals | null; error?: Error }
export type Child = {
  name: string
  pid: number
  /** Settles when the process is gone; never rejects. */
  exited: Promise<Exit>
  running(): boolean
  stop(): Promise<Exit>
}
export type ChildOptions = {
  name: string
  command: string
  args: string[]
  logFile: string
  /** Where the pid is kept, so that the next start can end what a killed launcher left behind. */
  pidFile: string
  env?: NodeJS.ProcessEnv
  cwd?: string
  user?: { uid: number; gid: number }
  stopSignal?: NodeJS.Signals
  stopWithinMs?: number
}

/** Starts one program whose output goes to its log file, and remembers its pid on disk. */
export function startChild(options: ChildOptions): Child {
  mkdirSync(dirname(options.logFile), { recursive: true })
  // The file itself, not a pipe: a child outlives a killed launcher without dying of a broken pipe mid-write.
  const log = openSync(options.logFile, 'a', 0o600)
  const child = spawn(options.command, options.args, spawnOptions(options, log))
  closeSync(log)
  const exited = exitOf(child, options.pidFile)
  const pid = child.pid ?? 0
  if (pid) recordPid(options.pidFile, pid)
  const running = () => child.exitCode === null && child.signalCode === null && pid > 0
  return { name: options.name, pid, exited, running, stop: () => stopChild(child, exited, options) }
}

function spawnOptions(options: ChildOptions, log: number): SpawnOptions {
  return {
    // An own process group: Ctrl-C reaches the launcher only, which then stops the children in order.
    detached: true,
    stdio: ['ignore', log, log],
    env: options.env ?? process.env,
    cwd: options.cwd ?? process.cwd(),
    ...options.user,
  }
}

function exitOf(child: ChildProcess, pidFile: string): Promise<Exit> {
  return new Promise((resolve) => {
    const settle = (exit: Exit) => {
      forgetPid(pidFile, child.pid ?? 0)
      resolve(exit)
    }
    child.once('error', (error) => settle({ code: null, signal: null, error }))
    child.once('exit', (code, signal) => settle({ code, signal }))
  })
}

async function stopChild(child: ChildProcess, exited: Promise<Exit>, options: ChildOptions): Promise<Exit> {
  if (child.exitCode !== null || child.signalCode !== null || !child.pid) return exited
  child.kill(options.stopSignal ?? 'SIGTERM')
  const patience = new AbortController()
  const late = delay(options.stopWithinMs ?? 10_000, undefined, { signal: patience.signal, ref: false }).then(
    () => child.kill('SIGKILL'),
    () => false,
  )
  const exit = await exited
  patience.abort()
  await late
  return exit
}
