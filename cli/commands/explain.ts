import type { Command } from 'commander'
import { directoryOf } from '../directory.ts'
import { readNames } from '../names.ts'
import { output } from '../output.ts'
import { type LeadAnswer, printTimeline } from '../print/timeline.ts'

export function explainCommand(program: Command): void {
  program
    .command('explain <lead>')
    .description('why did this lead go where it went? Decisions, candidates, deliveries, facts, in order')
    .action(async (leadId: string, _options: object, command: Command) => {
      const directory = directoryOf(command)
      const answer = await directory<LeadAnswer>('GET', `/v1/leads/${encodeURIComponent(leadId)}`)
      const nameOf = await readNames(directory)
      output(command, answer, (lead, paint) => printTimeline(lead, nameOf, paint))
    })
}
