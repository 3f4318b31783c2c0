import type { Command } from 'commander'
import type { Decision } from '../../contracts/decision.ts'
import { directoryOf } from '../directory.ts'
import { Failure } from '../failure.ts'
import { readNames } from '../names.ts'
import { output } from '../output.ts'
import { printDecision } from '../print/decision.ts'
import { readJson } from '../read-json.ts'

type Options = { ruleset?: string; at?: string; tenant?: string; intake?: string }

/** A dry run. The file is a person, or a whole request with `person` in it. */
export function routeCommand(program: Command): void {
  program
    .command('route <file>')
    .description('where would this lead go? Nothing is stored, counted or sent')
    .option('--ruleset <id>', 'as this draft would decide')
    .option('--at <instant>', 'as if it were then, ISO 8601 with zone')
    .option('--intake <location>', 'as if it had come in there')
    .option('--tenant <agency>', 'of which agency, when there are several')
    .action(async (file: string, { ruleset, at, tenant, intake }: Options, command: Command) => {
      const given = readJson(file)
      if (typeof given !== 'object' || given === null) throw new Failure('NOT_A_LEAD', `${file} holds no lead.`)
      const directory = directoryOf(command)
      const decision = await directory<Decision>('POST', '/v1/route/preview', {
        ...('person' in given ? given : { person: given }),
        ...(ruleset === undefined ? {} : { rulesetId: ruleset }),
        ...(at === undefined ? {} : { at }),
        ...(tenant === undefined ? {} : { tenant }),
        ...(intake === undefined ? {} : { intakeLocationId: intake }),
      })
      const nameOf = await readNames(directory)
      output(command, decision, (answer, paint) => printDecision(answer, nameOf, paint))
    })
}
