import type { Command } from 'commander'
import type { Replayed } from '../../router/replay.ts'
import type { ReplayRange } from '../../router/stores/replay-store.ts'
import { Failure } from '../failure.ts'
import { output } from '../output.ts'
import { printReplay, type ReplayAnswer } from '../print/replay.ts'
import { withPostgres } from '../with-stores.ts'

type Options = { tenant?: string; from?: string; to?: string; lead?: string }

/** A million differing decisions have one cause: so many are named. */
const NAMED_MAX = 100
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i

export function replayCommand(program: Command): void {
  program
    .command('replay')
    .description('decide recorded leads again and compare with what was decided, byte for byte; 1 when any differs')
    .requiredOption('--check', 'compare only: nothing is written or sent')
    .option('--tenant <agency>', 'of this agency only')
    .option('--from <instant>', 'leads that came in from then on, ISO 8601 with zone')
    .option('--to <instant>', 'leads that came in before then')
    .option('--lead <lead>', 'this lead only')
    .action(async (options: Options, command: Command) => {
      const range = rangeOf(options)
      const answer = await check(options.tenant, range)
      output(command, answer, printReplay)
      if (answer.differentCount > 0) process.exitCode = 1
    })
}

function rangeOf({ from, to, lead }: Options): Omit<ReplayRange, 'tenant'> {
  if (lead !== undefined && !UUID.test(lead)) throw new Failure('NOT_A_LEAD', `${lead} is no lead id.`, usage)
  return { from: instant(from), to: instant(to), leadId: lead ?? null }
}

function instant(text: string | undefined): string | null {
  if (text === undefined) return null
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(text)
  const ms = Date.parse(text)
  if (!hasZone || Number.isNaN(ms))
    throw new Failure('NOT_AN_INSTANT', `${text} is no instant: write it as 2026-12-01T00:00:00Z.`, usage)
  return new Date(ms).toISOString()
}

const usage = { isUsage: true }

async function check(tenant: string | undefined, range: Omit<ReplayRange, 'tenant'>): Promise<ReplayAnswer> {
  const { replay } = await import('../../router/replay.ts')
  const { createReplayStore } = await import('../../router/stores/replay-store.ts')
  const answer: ReplayAnswer = { checked: 0, different: [], missing: [], differentCount: 0, missingCount: 0 }
  await withPostgres(async (pool) => {
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM hexroute.agencies ORDER BY id')
    const tenants = rows.map(({ id }) => id).filter((id) => tenant === undefined || id === tenant)
    if (tenants.length === 0) throw new Failure('NO_AGENCY', `There is no agency ${tenant ?? ''}.`)
    const store = createReplayStore(pool)
    for (const id of tenants) {
      for await (const batch of replay(store, { tenant: id, ...range })) add(answer, batch)
    }
  })
  return answer
}

function add(answer: ReplayAnswer, { checked, different, missing }: Replayed): void {
  answer.checked += checked
  answer.differentCount += different.length
  answer.missingCount += missing.length
  answer.different.push(...different.slice(0, NAMED_MAX - answer.different.length))
  answer.missing.push(...missing.slice(0, NAMED_MAX - answer.missing.length))
}
