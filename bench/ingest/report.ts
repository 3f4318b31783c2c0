import { execFileSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'

export type Sample = {
  target: string
  round: number
  perSecond: number
  cpuMicrosPerRequest: number
  p50Ms: number
  p99Ms: number
  requests: number
  failed: number
}

/** Markdown: medians over the rounds, and the median of the ratios within each round to the floor. */
export function report(samples: Sample[], options: { rounds: string; rate: string; connections: string }): string {
  const names = [...new Set(samples.map(({ target }) => target))]
  const rows = names.map((name) => {
    const own = samples.filter(({ target }) => target === name)
    const of = (field: 'perSecond' | 'cpuMicrosPerRequest' | 'p50Ms' | 'p99Ms') => median(own.map((s) => s[field]))
    const ratio = median(own.map((s) => s.perSecond / floorIn(samples, s.round).perSecond))
    const cpuRatio = median(own.map((s) => floorIn(samples, s.round).cpuMicrosPerRequest / s.cpuMicrosPerRequest))
    const total = (field: 'requests' | 'failed') => own.reduce((sum, s) => sum + s[field], 0)
    return `| ${name} | ${of('perSecond').toFixed(0)} | ${ratio.toFixed(2)} | ${of('cpuMicrosPerRequest').toFixed(0)} | ${cpuRatio.toFixed(2)} | ${of('p50Ms').toFixed(1)} | ${of('p99Ms').toFixed(1)} | ${total('requests')} | ${total('failed')} |`
  })
  return [
    `Machine: ${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}, ${natsVersion()}, load average ${loadavg()[0]?.toFixed(1)}.`,
    `${options.rounds} rounds, ${options.connections} connections closed loop, ${options.rate}/s open loop.`,
    '',
    "| target | accepted/s | ratio to the floor | CPU us per request | floor's CPU to it | p50 ms | p99 ms | n | failed |",
    '|---|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function floorIn(samples: Sample[], round: number): Sample {
  const floor = samples.find((sample) => sample.round === round && sample.target === 'floor')
  if (!floor) throw new Error(`round ${round} has no floor`)
  return floor
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const natsVersion = (): string => execFileSync('nats-server', ['--version']).toString().trim()
