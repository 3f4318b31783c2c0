import type { Command } from 'commander'
import { Failure } from '../failure.ts'
import { output } from '../output.ts'
import { withStores } from '../with-stores.ts'
import { rebuildAnalyticsCommand } from './rebuild-analytics.ts'

type Options = { tenant: string }

/** The counters in Redis against the reservations in Postgres: without a directory, because that may be what is down. */
export function counterCommands(program: Command): void {
  const rebuild = program.command('rebuild').description('make anew what can be made anew')
  rebuildAnalyticsCommand(rebuild)
  rebuild
    .command('counters')
    .description('fold the reservations into the counters of Redis; leads wait meanwhile, none is refused')
    .requiredOption('--tenant <agency>', 'of which agency')
    .action(async ({ tenant }: Options, command: Command) => {
      const { rebuildCounters } = await import('../../router/stores/rebuild-counters.ts')
      await withStores(async (pool, redis, log) => {
        const known = await pool.query('SELECT FROM hexroute.agencies WHERE id = $1', [tenant])
        if (known.rowCount === 0) throw new Failure('NO_AGENCY', `There is no agency ${tenant}.`)
        await rebuildCounters(pool, redis, tenant, log, { isForced: true })
      })
      output(command, { tenant, rebuilt: true }, () => `The counters of ${tenant} are folded anew.`)
    })

  program
    .command('drift')
    .description('how many counters in Redis differ from the reservations in Postgres; 1 when any does')
    .requiredOption('--tenant <agency>', 'of which agency')
    .action(async ({ tenant }: Options, command: Command) => {
      const { measureDrift } = await import('../../router/stores/measure-drift.ts')
      const { CountersNotReady } = await import('../../router/stores/capacity.ts')
      const drift = await withStores((pool, redis) => measureDrift(pool, redis, tenant)).catch((error: Error) => {
        if (!(error instanceof CountersNotReady)) throw error
        throw new Failure('NO_COUNTERS', `${tenant} has no counters: no lead of it was routed since Redis began.`)
      })
      output(command, { tenant, ...drift }, ({ keys, drifted }, paint) =>
        drifted === 0
          ? paint('green', `All ${keys} counters are the fold of the reservations.`)
          : paint('red', `${drifted} of ${keys} counters differ: rebuild them with hexroute rebuild counters.`),
      )
      if (drift.drifted > 0) process.exitCode = 1
    })
}
