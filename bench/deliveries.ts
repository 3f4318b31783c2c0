import { writeFileSync } from 'node:fs'
import { type Round, report, roundLines } from './deliveries/report.ts'
import { runLeads } from './deliveries/run.ts'
import { type Limit, startWorld } from './deliveries/world.ts'

/**
 * `node --import tsx bench/deliveries.ts [FILE]`: 20 leads/s over 100 sub-accounts, in turn alone and beside a burst of 2,000
 * leads to one of them. GHL's limit would make such a burst last ten minutes: it is ten times as high here, on both sides;
 * with `REAL=1` it is GHL's own, and the burst 200 leads, or `BURST=`. Prints Markdown, and writes it to FILE.
 */
const isReal = process.env.REAL === '1'
const limit: Limit = isReal ? { ghl: 100, own: 95 } : { ghl: 1_000, own: 950 }
const burst = Number(process.env.BURST ?? (isReal ? 200 : 2_000))
const rate = { perS: 20, forS: isReal ? 60 : 40 }

const world = await startWorld(100, limit)
try {
  // Mints every token and learns every set-up, as a day's first lead does.
  await runLeads(world, { perS: 20, forS: 6 }, null)
  const rounds: Round[] = []
  for (const [n, name] of ['alone', 'with the burst'].entries()) {
    const locationId = `loc${n}`
    const ran = await runLeads(world, rate, name === 'alone' ? null : { locationId, leads: burst })
    rounds.push({ name, limit, ran })
    console.error(new Date().toISOString(), roundLines({ name, limit, ran }).join('\n'))
  }
  const text = report(`${isReal ? 'REAL=1 ' : ''}node --import tsx bench/deliveries.ts`, rounds)
  console.log(text)
  if (process.argv[2]) writeFileSync(process.argv[2], text)
} finally {
  await world.stop()
}
