import { execFileSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import type { Ran } from './run.ts'
import type { Limit } from './world.ts'

export type Round = { name: string; limit: Limit; ran: Ran }

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
    'lead a new person: contact, opportunity and note, three calls. The others get 20 leads/s, with and without the burst.',
    '',
    '| round | limit of GHL / own, per 10 s | leads | leads/s | to contact p50 ms | p99 ms | all written p50 ms | p99 ms | answers 429 |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rounds.map(lineOf),
    '',
    '| burst | leads | drained in s | calls | most calls in any 10 s, GHL counted | calls in each full 10 s | own limit used |',
    '|---|---|---|---|---|---|---|',
    ...burst.map(burstLineOf),
    '',
    ...ratioLines(rounds),
  ].join('\n')
}

/** What is known after one round. */
export const roundLines = (round: Round): string[] =>
  round.ran.burst ? [lineOf(round), burstLineOf(round)] : [lineOf(round)]

function lineOf({ name, limit, ran }: Round): string {
  const { toContactMs, toDeliveredMs, perSecond, limitedShare } = ran
  const times = [toContactMs, toDeliveredMs].flatMap((all) => [percentile(all, 0.5), percentile(all, 0.99)])
  const leads = toContactMs.length + (ran.burst?.leads ?? 0)
  const shown = times.map((ms) => ms.toFixed(0)).join(' | ')
  return `| ${name} | ${limit.ghl} / ${limit.own} | ${leads} | ${perSecond.toFixed(1)} | ${shown} | ${(limitedShare * 100).toFixed(2)} % |`
}

function burstLineOf({ name, limit, ran }: Round): string {
  const { leads, drainS, calls, callsMaxIn10s, windows } = ran.burst!
  const used = windows.reduce((sum, one) => sum + one, 0) / (windows.length * limit.own)
  return `| ${name} | ${leads} | ${drainS.toFixed(1)} | ${calls} | ${callsMaxIn10s} | ${windows.join(' ')} | ${(used * 100).toFixed(1)} % |`
}

/** Of the others' p99 with the burst to that without, all rounds of one limit together. */
function ratioLines(rounds: readonly Round[]): string[] {
  const of = (hasBurst: boolean) =>
    rounds.filter(({ ran }) => (ran.burst !== null) === hasBurst).flatMap(({ ran }) => ran.toContactMs)
  const [withBurst, without] = [of(true), of(false)]
  if (withBurst.length === 0 || without.length === 0) return []
  const [loud, quiet] = [percentile(withBurst, 0.99), percentile(without, 0.99)]
  return [
    `The others' p99 to contact, all rounds together: ${loud.toFixed(0)} ms with the burst, ${quiet.toFixed(0)} ms without: ratio ${(loud / quiet).toFixed(2)}.`,
    '',
  ]
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}
