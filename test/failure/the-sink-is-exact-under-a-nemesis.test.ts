import { appendFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnalyticsRig, startAnalyticsRig } from '../support/analytics-rig.ts'
import { compare, nothingYet, publishUntilAcknowledged } from '../support/sink-checker.ts'
import { startNemesis } from '../support/sink-nemesis.ts'
import { until } from '../support/until.ts'

const SEEDS = process.env.CHAOS === 'long' ? 30 : Number(process.env.CHAOS_SEEDS ?? 2)
const LEADS = process.env.CHAOS === 'long' ? 600 : 250
const acknowledged = nothingYet()
/** Each line of the table, as it comes. */
const report = process.env.CHAOS_REPORT

let rig: AnalyticsRig
beforeAll(async () => {
  rig = await startAnalyticsRig()
  tell('| seed | messages sent | sinks killed | other faults | rows so far | lost | duplicated | phantom | s |')
  tell('|---|---|---|---|---|---|---|---|---|')
})
afterAll(() => rig?.stop())

test.each(Array.from({ length: SEEDS }, (_, n) => n + 1))(
  'seed %i: rows are what was acknowledged, whatever is killed at whatever step',
  async (seed) => {
    const startedAt = Date.now()
    const nemesis = startNemesis(rig, seed)
    try {
      const [sent, harm] = await Promise.all([publishUntilAcknowledged(rig, seed, LEADS, acknowledged), nemesis.calm()])
      await until('every stream is written to its end', 90_000, missing, (count) => count === 0)
      await nemesis.stop()
      await until('ClickHouse is there', 20_000, isThere, Boolean)
      const { rows, lost, duplicated, phantom } = await compare(rig, acknowledged)
      const tookS = ((Date.now() - startedAt) / 1_000).toFixed(1)
      tell(
        `| ${seed} | ${sent} | ${harm.sinksKilled} | ${harm.faults.join(', ')} | ${rows} | ${lost} | ${duplicated} | ${phantom} | ${tookS} |`,
      )
      expect({ lost, duplicated, phantom }).toEqual({ lost: 0, duplicated: 0, phantom: 0 })
    } finally {
      await nemesis.stop()
    }
  },
  300_000,
)

/** Messages before the sink, over all streams; null while NATS, killed a moment ago, gives no answer. */
async function missing(): Promise<number | null> {
  let count = 0
  for (const stream of ['EVENTS', 'DECISIONS', 'DELIVERIES', 'FACTS']) {
    const info = await rig.nats.manager.streams.info(stream).catch(() => null)
    if (!info) return null
    const { rows } = await rig.postgres.query<{ last: number | null }>(
      `SELECT max(last_seq)::int AS last FROM hexroute.sink_plans WHERE stream = $1 AND state = 'done'`,
      [stream],
    )
    count += info.state.last_seq - (rows[0]!.last ?? 0)
  }
  return count
}

const isThere = async (): Promise<boolean> => (await rig.clickhouse.ping()).success

function tell(line: string): void {
  console.log(line)
  if (report) appendFileSync(report, `${line}\n`)
}
