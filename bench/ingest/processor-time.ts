import { readdirSync, readFileSync } from 'node:fs'

const TICK_MS = 10

/** User and system time of a process with all its threads: fields 14 and 15 of /proc/PID/stat. */
export const processorTimeMs = (pid: number): number => timeMs(pid, 11)

/** The same of a process and all its children, such as the back ends of PostgreSQL; those that have ended are fields 16 and 17. */
export function familyTimeMs(pid: number): number {
  const children = readdirSync('/proc').filter((name) => parentOf(name) === pid)
  return children.reduce(
    (sum, child) => sum + ifThere(() => processorTimeMs(Number(child))),
    timeMs(pid, 11) + timeMs(pid, 13),
  )
}

/** One that ended since it was listed. */
function ifThere(read: () => number): number {
  try {
    return read()
  } catch {
    return 0
  }
}

function timeMs(pid: number, field: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[field]) + Number(fields[field + 1])) * TICK_MS
}

/** null when it is no process, or has just ended. */
function parentOf(name: string): number | null {
  if (!/^\d+$/.test(name)) return null
  try {
    return Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]!.split(' ')[1])
  } catch {
    return null
  }
}
