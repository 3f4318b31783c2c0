import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export type ProcessIdentity = { pid: number; startedAt: string; command: string }

/**
 * Who runs under a pid now. A pid alone is not enough to signal a process: the system gives numbers out again, so
 * the start time and command line are compared before anything recorded earlier is ended.
 */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid)
}

/** True when the recorded process still runs under its pid and is not a stranger that got the same number. */
export function isSameProcess(recorded: ProcessIdentity): boolean {
  return processIdentity(recorded.pid)?.startedAt === recorded.startedAt
}

function fromProc(pid: number): ProcessIdentity | undefined {
  try {
    // The second field is the program's name in brackets and may hold spaces: count from the last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended: only its parent has not yet asked for the exit code.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    // Ticks since boot repeat after a reboot, so the boot's own id is part of the start time.
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return { pid, startedAt: `${boot}:${fields[19]}`, command }
  } catch {
    return undefined
  }
}

function fromPs(pid: number): ProcessIdentity | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'lstart=,command=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return line ? { pid, startedAt: line.slice(0, 24), command: line.slice(24).trim() } : undefined
  } catch {
    return undefined
  }
}
