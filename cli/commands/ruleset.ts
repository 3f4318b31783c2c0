import type { Command } from 'commander'
import { type Directory, directoryOf } from '../directory.ts'
import { Failure, type Finding } from '../failure.ts'
import { output } from '../output.ts'
import { printFindings } from '../print/findings.ts'
import { type Changes, printChanges, printRulesets, type RulesetLine } from '../print/ruleset.ts'
import { readJson } from '../read-json.ts'

type Published = { id: string; state: string; hash?: string; publishAt?: string; warnings: Finding[] }
type Publish = { at?: string; name?: string }

/** What decides: looked through, published, compared, taken back. */
export function rulesetCommands(program: Command): void {
  const ruleset = program.command('ruleset').description('the document that decides')

  ruleset
    .command('lint <file>')
    .description('everything wrong or doubtful about a ruleset file')
    .action(async (file: string, _options: object, command: Command) => {
      const findings = await lint(directoryOf(command), readJson(file))
      output(command, { findings }, (answer, paint) => printFindings(answer.findings, paint))
      if (findings.some(({ severity }) => severity === 'error')) process.exitCode = 1
    })

  ruleset
    .command('publish <file>')
    .description('make a ruleset file the one that decides, at once or at an instant')
    .option('--at <instant>', 'ISO 8601 with zone: 2026-12-01T06:00:00-05:00')
    .option('--name <name>', 'what people call this version')
    .action((file: string, options: Publish, command: Command) => publish(file, options, command))

  ruleset
    .command('rollback')
    .description('run the ruleset again that ran before, or the named one')
    .option('--hash <hash>', 'which; the one before where not said')
    .option('--tenant <agency>', 'of which agency, when there are several')
    .action(async (options: { hash?: string; tenant?: string }, command: Command) => {
      const answer = await directoryOf(command)<Published>('POST', '/v1/rulesets/rollback', options)
      output(command, answer, ({ hash }) => `Ruleset ${hash} decides again.`)
    })

  ruleset
    .command('diff <file>')
    .description('what a ruleset file would change')
    .option('--against <id>', '`published` or the id of another ruleset', 'published')
    .action(async (file: string, { against }: { against: string }, command: Command) => {
      const path = `/v1/rulesets/diff?against=${encodeURIComponent(against)}`
      output(command, await directoryOf(command)<Changes>('POST', path, readJson(file)), printChanges)
    })

  ruleset
    .command('list')
    .description('rulesets, newest first')
    .option('--state <state>', 'draft, scheduled, published or retired')
    .action(async ({ state }: { state?: string }, command: Command) => {
      const query = state === undefined ? '' : `?state=${encodeURIComponent(state)}`
      output(
        command,
        await directoryOf(command)<{ items: RulesetLine[] }>('GET', `/v1/rulesets${query}`),
        printRulesets,
      )
    })

  ruleset
    .command('show <id>')
    .description("a ruleset's document, as a file to edit and publish again")
    .action(async (id: string, _options: object, command: Command) => {
      const stored = await directoryOf(command)<{ document: object }>('GET', `/v1/rulesets/${encodeURIComponent(id)}`)
      output(command, stored, ({ document }) => JSON.stringify(document, null, 2))
    })
}

/** A document of the wrong form is refused with findings of its own: for the reader they are the same kind of thing. */
async function lint(directory: Directory, document: unknown): Promise<Finding[]> {
  const answer = await directory<{ findings: Finding[] }>('POST', '/v1/rulesets/lint', document).catch(
    (error: Error) => {
      if (error instanceof Failure && error.findings.length > 0) return { findings: error.findings }
      throw error
    },
  )
  return answer.findings
}

/** A draft that is refused is not left behind. */
async function publish(file: string, { at, name }: Publish, command: Command): Promise<void> {
  const directory = directoryOf(command)
  const query = name === undefined ? '' : `?name=${encodeURIComponent(name)}`
  const { id } = await directory<{ id: string }>('POST', `/v1/rulesets${query}`, readJson(file))
  const body = at === undefined ? {} : { at }
  const published = await directory<Published>('POST', `/v1/rulesets/${id}/publish`, body).catch(
    async (error: Error) => {
      if (error instanceof Failure) await directory('DELETE', `/v1/rulesets/${id}`).catch(() => {})
      throw error
    },
  )
  output(command, published, ({ hash, publishAt, warnings }, paint) => {
    const said = warnings.length === 0 ? '' : `${printFindings(warnings, paint)}\n\n`
    const done = publishAt ? `Scheduled for ${publishAt} as ${id}.` : `Published: ruleset ${hash} decides from now on.`
    return `${said}${paint('green', done)}`
  })
}
