import { readFileSync } from 'node:fs'

const TICK_MS = 10

/** User and system time of a process with all its threads: fields 14 and 15 of /proc/PID/stat. */
export function processorTimeMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}
