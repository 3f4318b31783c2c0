import { type Command, Option } from 'commander'
import { deadLetterStages } from '../../contracts/dead-letter.ts'
import { type Directory, directoryOf } from '../directory.ts'
import { Failure } from '../failure.ts'
import { output } from '../output.ts'
import { type LetterAnswer, printLetter, printLetters, printRedriven } from '../print/dead-letters.ts'

type ListOptions = { stage?: string; code?: string; tenant?: string; state: string; limit: string }
type RedriveOptions = { stage?: string; code?: string; tenant?: string; max: string; force?: boolean }
type Page = { items: LetterAnswer[]; next: string | null }
type Redriven = { redriven: number[]; left?: number[]; more?: boolean }

const stage = () => new Option('--stage <stage>', 'of this stage').choices(deadLetterStages)

/** What the stages gave up: why, and once the cause is gone, again. */
export function deadLetterCommands(program: Command): void {
  const letters = program.command('dead-letters').description('messages that a stage gave up')

  letters
    .command('list')
    .description('oldest first, without the messages themselves; 1 when any is open')
    .addOption(stage())
    .option('--code <code>', 'with this code')
    .option('--tenant <agency>', 'of this agency')
    .addOption(new Option('--state <state>', 'sent again or not').choices(['open', 'redriven', 'all']).default('open'))
    .option('--limit <count>', 'at most so many', '100')
    .action(async ({ stage, code, tenant, state, limit }: ListOptions, command: Command) => {
      const page = await directoryOf(command)<Page>(
        'GET',
        `/v1/dead-letters?${parameters({ stage, code, tenant, state, limit })}`,
      )
      output(command, page, printLetters)
      if (page.items.some((letter) => letter.state === 'open')) process.exitCode = 1
    })
  letters
    .command('show <seq>')
    .description('one, with its message: personal data')
    .action(async (seq: string, _options: object, command: Command) => {
      const letter = await directoryOf(command)<LetterAnswer>('GET', `/v1/dead-letters/${encodeURIComponent(seq)}`)
      output(command, letter, printLetter)
    })
  letters
    .command('redrive [seqs...]')
    .description('send them to their stage again: those named, or the open ones of a stage')
    .addOption(stage())
    .option('--code <code>', 'of the stage only those with this code')
    .option('--tenant <agency>', 'of the stage only those of this agency')
    .option('--max <count>', 'of the stage at most so many', '100')
    .option('--force', 'also those that were sent again before')
    .action(async (seqs: string[], options: RedriveOptions, command: Command) => {
      const directory = directoryOf(command)
      const done =
        seqs.length > 0 ? await each(directory, seqs, options.force === true) : await many(directory, options)
      output(command, done, printRedriven)
    })
}

async function each(directory: Directory, seqs: readonly string[], force: boolean): Promise<Redriven> {
  const redriven: number[] = []
  for (const seq of seqs) {
    const answer = await directory<Redriven>('POST', `/v1/dead-letters/${encodeURIComponent(seq)}/redrive`, { force })
    redriven.push(...answer.redriven)
  }
  return { redriven }
}

async function many(directory: Directory, { stage, code, tenant, max }: RedriveOptions): Promise<Redriven> {
  if (!stage) throw new Failure('NO_LETTER', 'Say which: their numbers, or --stage.', { isUsage: true })
  const filter = { stage, ...(code ? { code } : {}), ...(tenant ? { tenant } : {}), max: Number(max) }
  return directory<Redriven>('POST', '/v1/dead-letters/redrive', filter)
}

function parameters(given: Record<string, string | undefined>): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(given)) if (value) query.set(name, value)
  return query
}
