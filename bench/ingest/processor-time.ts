import { readdirSync, readFileSync } from 'node:fs'

const TICK_MS = 10

/** User and system time of a process with all its threads: fields 14 and 15 of /proc/PID/stat. */
export function processorTimeMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** The same of a process and all its children that live, such as the back ends of PostgreSQL. */
export function familyTimeMs(pid: number): number {
  const children = readdirSync('/proc').filter((name) => parentOf(name) === pid)
  return [pid, ...children.map(Number)].reduce((sum, member) => sum + processorTimeMs(member), 0)
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
