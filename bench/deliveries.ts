import { writeFileSync } from 'node:fs'
import { type Round, report, roundLines } from './deliveries/report.ts'
import { type Burst, type Rate, runLeads } from './deliveries/run.ts'
import { type Limit, startWorld } from './deliveries/world.ts'

/**
 * `node --import tsx bench/deliveries.ts [FILE]`: 20 leads/s over 100 sub-accounts, in turn alone, beside 2,000 decisions that
 * delivery does not write, and beside a burst of 2,000 leads to one of them. GHL's limit would make such a burst last ten
 * minutes: it is ten times as high here, on both sides; with `REAL=1` it is GHL's own, and the burst 200 leads, or `BURST=`.
 * `FOR=` sets the seconds of a round; `DRAIN=0` ends one when the others' leads are written: what the others feel of 2,000
 * leads is known in two minutes. Prints Markdown, and writes it to FILE.
 */
const isReal = process.env.REAL === '1'
const limit: Limit = isReal ? { ghl: 100, own: 95 } : { ghl: 1_000, own: 950 }
const leads = Number(process.env.BURST ?? (isReal ? 200 : 2_000))
const forS = Number(process.env.FOR ?? (isReal ? 60 : 40))
const rate: Rate = { perS: 20, forS, isDrained: process.env.DRAIN !== '0' }
const plan: { name: string; burst: Burst | null }[] = [
  { name: 'alone', burst: null },
  { name: 'beside decisions for nobody', burst: { locationId: 'loc1', leads, isOurs: false } },
  { name: 'with the burst', burst: { locationId: 'loc2', leads, isOurs: true } },
]

const world = await startWorld(100, limit)
try {
  // Mints every token and learns every set-up, as a day's first lead does.
  await runLeads(world, { perS: 20, forS: 6, isDrained: true }, null)
  const rounds: Round[] = []
  for (const { name, burst } of plan) {
    const round = { name, limit, burst, ran: await runLeads(world, rate, burst) }
    rounds.push(round)
    console.error(new Date().toISOString(), roundLines(round).join('\n'))
  }
  const text = report(commandLine(), rounds)
  console.log(text)
  if (process.argv[2]) writeFileSync(process.argv[2], text)
} finally {
  await world.stop()
}

function commandLine(): string {
  const set = ['REAL', 'BURST', 'FOR', 'DRAIN'].flatMap((name) =>
    process.env[name] ? `${name}=${process.env[name]} ` : [],
  )
  return `${set.join('')}node --import tsx bench/deliveries.ts`
}
