import { Command, CommanderError } from 'commander'
import { analystAccessCommands } from './commands/analyst-access.ts'
import { counterCommands } from './commands/counters.ts'
import { deadLetterCommands } from './commands/dead-letters.ts'
import { eraseCommand } from './commands/erase.ts'
import { explainCommand } from './commands/explain.ts'
import { keysCommands } from './commands/keys.ts'
import { leadCommands } from './commands/lead.ts'
import { migrateCommands } from './commands/migrate.ts'
import { reconcileCommand } from './commands/reconcile.ts'
import { replayCommand } from './commands/replay.ts'
import { routeCommand } from './commands/route.ts'
import { rulesetCommands } from './commands/ruleset.ts'
import { unaccountedCommand } from './commands/unaccounted.ts'
import { Failure } from './failure.ts'
import { printFailure } from './print/failure.ts'
import { createPaint } from './print/paint.ts'

const FAILED = 1
const USAGE = 2

const program = new Command('hexroute')
  .description('The command line of the operator: nearly everything it does, it asks of the directory over HTTP.')
  .option('--url <url>', 'the directory (HEXROUTE_DIRECTORY_URL, else what npm start runs)')
  .option('--key <key>', 'access key (HEXROUTE_KEY, else that of npm start)')
  .option('--json', 'for machines: the answer as JSON')
  .showHelpAfterError()
  .configureHelp({ showGlobalOptions: true })
  .exitOverride()

const commands = [
  ...[rulesetCommands, routeCommand, explainCommand, leadCommands, keysCommands],
  ...[deadLetterCommands, reconcileCommand, unaccountedCommand, eraseCommand],
  ...[replayCommand, counterCommands, migrateCommands, analystAccessCommands],
]
for (const add of commands) add(program)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE
  else if (error instanceof Failure) {
    process.exitCode = error.isUsage ? USAGE : FAILED
    process.stderr.write(printFailure(error, program.opts().json === true, createPaint(process.stderr)))
  } else throw error
}
