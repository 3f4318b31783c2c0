import { execFileSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import type { Burst, Ran } from './run.ts'
import type { Limit } from './world.ts'

export type Round = { name: string; limit: Limit; burst: Burst | null; ran: Ran }

export function report(command: string, rounds: readonly Round[]): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim()
  const burst = rounds.filter(({ ran }) => ran.burst)
  return [
    '# deliveries: from decision to contact, with the limits of GHL on',
    '',
    `Command: \`${command}\``,
    '',
    `Machine: ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}, load average ${loadavg()[0]?.toFixed(1)}, commit ${commit}.`,
    'One delivery process, PostgreSQL with fsync, NATS, Redis and the GHL simulator on the same machine; 100 sub-accounts, every',
    'lead a new person: contact, opportunity and note, three calls. The others get 20 leads/s in every round, and only they are in the',
    'first table; its last columns are those of them that were decided in the first 5 s of the burst.',
    '',
    '| round | limit of GHL / own, per 10 s | leads | leads/s, burst included | to contact p50 ms | p99 ms | all written p50 ms | p99 ms | answers 429 | first 5 s: leads | p50 ms | p99 ms |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|',
    ...rounds.map(lineOf),
    '',
    ...(burst.length === 0 ? [] : BURST_HEAD),
    ...burst.map(burstLineOf),
    ...(burst.length === 0 ? [] : ['']),
    ...ratioLines(rounds),
  ].join('\n')
}

/** What is known after one round. */
export const roundLines = (round: Round): string[] =>
  round.ran.burst ? [lineOf(round), burstLineOf(round)] : [lineOf(round)]

const BURST_HEAD = [
  '| burst | leads | drained in s | calls | most calls in any 10 s, GHL counted | calls in each full 10 s | own limit used |',
  '|---|---|---|---|---|---|---|',
]

function lineOf({ name, limit, ran }: Round): string {
  const { toContactMs, toDeliveredMs, firstToContactMs, perSecond, limitedShare } = ran
  const shown = (all: readonly number[]): string =>
    [percentile(all, 0.5), percentile(all, 0.99)].map((ms) => ms.toFixed(0)).join(' | ')
  const times = `${shown(toContactMs)} | ${shown(toDeliveredMs)}`
  const first = `${firstToContactMs.length} | ${shown(firstToContactMs)}`
  return `| ${name} | ${limit.ghl} / ${limit.own} | ${toContactMs.length} | ${perSecond.toFixed(1)} | ${times} | ${(limitedShare * 100).toFixed(2)} % | ${first} |`
}

function burstLineOf({ name, limit, ran }: Round): string {
  const { leads, drainS, calls, callsMaxIn10s, windows } = ran.burst!
  const used = windows.reduce((sum, one) => sum + one, 0) / (windows.length * limit.own)
  return `| ${name} | ${leads} | ${drainS.toFixed(1)} | ${calls} | ${callsMaxIn10s} | ${windows.join(' ')} | ${(used * 100).toFixed(1)} % |`
}

/** Of the others' p99 beside 2,000 decisions to that without. */
function ratioLines(rounds: readonly Round[]): string[] {
  const alone = rounds.find(({ burst }) => burst === null)
  if (!alone) return []
  const quietMs = percentile(alone.ran.toContactMs, 0.99)
  return rounds
    .filter(({ burst }) => burst !== null)
    .flatMap(({ name, ran }) => {
      const loudMs = percentile(ran.toContactMs, 0.99)
      const ratio = (loudMs / quietMs).toFixed(2)
      return [
        `The others' p99 to contact ${name}: ${loudMs.toFixed(0)} ms to ${quietMs.toFixed(0)} ms, ratio ${ratio}.`,
        '',
      ]
    })
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}
