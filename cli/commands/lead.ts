import type { Command } from 'commander'
import type { Decision } from '../../contracts/decision.ts'
import { directoryOf } from '../directory.ts'
import { readNames } from '../names.ts'
import { output } from '../output.ts'
import { printDecision } from '../print/decision.ts'
import { printLead } from '../print/lead.ts'
import type { LeadAnswer } from '../print/timeline.ts'

type Target = { location: string; user?: string }

/** People move leads; the router decides whether they may. */
export function leadCommands(program: Command): void {
  const lead = program.command('lead').description('one lead: look, claim, move, return')

  lead
    .command('show <lead>')
    .description('who it is and where it stands')
    .action(async (leadId: string, _options: object, command: Command) => {
      const { lead } = await directoryOf(command)<LeadAnswer>('GET', `/v1/leads/${encodeURIComponent(leadId)}`)
      output(command, lead, printLead)
    })
  for (const [verb, description] of [
    ['claim', 'take it from the pond for a location'],
    ['move', 'give it to another location or user'],
  ] as const)
    lead
      .command(`${verb} <lead>`)
      .description(description)
      .requiredOption('--location <location>', 'to which location')
      .option('--user <user>', 'to which of its users')
      .action((leadId: string, { location, user = undefined }: Target, command: Command) =>
        ask(command, leadId, verb, { locationId: location, userId: user ?? null }),
      )
  lead
    .command('return <lead>')
    .description('give a bad lead back')
    .requiredOption('--reason <reason>', 'duplicate, spam or bad-lead')
    .action((leadId: string, { reason }: { reason: string }, command: Command) =>
      ask(command, leadId, 'return', { reason }),
    )
}

async function ask(command: Command, leadId: string, verb: string, body: object): Promise<void> {
  const directory = directoryOf(command)
  const decision = await directory<Decision>('POST', `/v1/leads/${encodeURIComponent(leadId)}/${verb}`, body)
  const nameOf = await readNames(directory)
  output(command, decision, (answer, paint) => printDecision(answer, nameOf, paint))
}
