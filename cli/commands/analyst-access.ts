import type { Command } from 'commander'
import type { createAnalystAccess } from '../../analytics/analyst-access/analyst-access.ts'
import { Failure } from '../failure.ts'
import { output } from '../output.ts'
import { withKeysAndClickhouse } from '../with-stores.ts'

type AnalystAccess = ReturnType<typeof createAnalystAccess>
type Answer = Awaited<ReturnType<AnalystAccess['show']>>

/** Without a directory: who may make users of ClickHouse is an operator of ClickHouse. */
export function analystAccessCommands(program: Command): void {
  const access = program
    .command('analyst-access')
    .description('users of a ClickHouse server for analyst keys (CLICKHOUSE_URL, and CLICKHOUSE_CLUSTER for a cluster)')

  access
    .command('show')
    .description('the statements, for all keys as they are now; nothing is changed')
    .option('--removal', 'those that take all of it back')
    .action(async ({ removal = false }: { removal?: boolean }, command: Command) => {
      const { access: plan, statements } = await ask((of) => (removal ? of.showRemoval() : of.show()))
      output(command, { users: namesOf(plan), statements }, () => statements.map((sql) => `${sql};`).join('\n'))
    })
  access
    .command('apply')
    .description('brings the server to that: after keys, regions, locations or tables have changed')
    .action(async (_options: object, command: Command) => {
      const { access: plan, statements } = await ask((analysts) => analysts.apply())
      const answer = { users: namesOf(plan), removed: plan.gone.map(({ user }) => user), statements: statements.length }
      output(command, answer, ({ users }) =>
        [`${users.length} analysts have a user each, by ${statements.length} statements.`, ...users].join('\n'),
      )
    })
  access
    .command('remove')
    .description('takes all of it back: no analyst has a user any more')
    .action(async (_options: object, command: Command) => {
      const { statements } = await ask((analysts) => analysts.remove())
      output(command, { statements: statements.length }, () => 'No analyst has a user of ClickHouse any more.')
    })
}

const namesOf = ({ keys }: { keys: { user: string }[] }): string[] => keys.map(({ user }) => user)

async function ask(work: (access: AnalystAccess) => Promise<Answer>): Promise<Exclude<Answer, { refused: string }>> {
  const { createAnalystAccess } = await import('../../analytics/analyst-access/analyst-access.ts')
  const cluster = process.env.CLICKHOUSE_CLUSTER || undefined
  const answer = await withKeysAndClickhouse((stores) => work(createAnalystAccess(stores, cluster))).catch(fail)
  if ('refused' in answer) throw new Failure(`ACCESS_${answer.refused}`, answer.message)
  return answer
}

function fail(error: Error): never {
  if (error.name !== 'StatementRefused') throw error
  const told = `ClickHouse refuses ${error.message} What was done stays and shows nobody too much; mend it and run this again.`
  throw new Failure('ACCESS_REFUSED', told)
}
