import { familyTimeMs, processorTimeMs } from '../ingest/processor-time.ts'

/** Processor time of these processes from now on. @returns text: microseconds a lead, each. */
export function startShare(pids: Record<string, number>): (leads: number) => string {
  const times = () => Object.entries(pids).map(([name, pid]) => ({ name, ms: timeOf(pid) }))
  const before = times()
  return (leads) => {
    const spent = times().map(({ name, ms }, i) => ({
      name,
      micros: Math.round(((ms - before[i]!.ms) * 1_000) / leads),
    }))
    const sum = spent.reduce((total, { micros }) => total + micros, 0)
    return `${spent.map(({ name, micros }) => `${name} ${micros}`).join(', ')}; together ${sum}`
  }
}

/** Everything that is measured is a child of this very process: it counts without them. */
const timeOf = (pid: number): number => (pid === process.pid ? processorTimeMs : familyTimeMs)(pid)
