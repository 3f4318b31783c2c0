import type { Command } from 'commander'
import { directoryOf } from '../directory.ts'
import { Failure } from '../failure.ts'
import { output } from '../output.ts'
import type { Paint } from '../print/paint.ts'

type Options = { email?: string; phone?: string; contact?: string; tenant?: string; ghl: boolean }
type Erased = {
  leads: number
  contacts: number
  messages: number
  left: number
  ghl: { marked: number; gone: number } | null
}

/** As long as delivery, analytics and the streams together may take. */
const ANSWER_WITHIN_MS = 300_000

export function eraseCommand(program: Command): void {
  program
    .command('erase')
    .description("remove one person's data everywhere; leads stay as numbers")
    .option('--email <address>', 'who has this e-mail')
    .option('--phone <number>', 'who has this phone, E.164')
    .option('--contact <sub-account/contact>', 'who is this contact in GoHighLevel')
    .option('--tenant <agency>', 'of which agency; the only one when there is one')
    .option('--no-ghl', 'do not tag the contacts in GoHighLevel: when it cannot be reached any more')
    .action(async ({ ghl, ...who }: Options, command: Command) => {
      if (!who.email && !who.phone && !who.contact)
        throw new Failure('NOBODY', 'Say who: --email, --phone or --contact.', { isUsage: true })
      const directory = directoryOf(command, ANSWER_WITHIN_MS)
      const erased = await directory<Erased>('POST', '/v1/erasures', { ...who, ...(ghl ? {} : { withoutGhl: true }) })
      output(command, erased, print)
    })
}

function print({ leads, contacts, messages, ghl, left }: Erased, paint: Paint): string {
  if (leads + contacts + messages === 0) return 'Nobody is known by this.'
  const figure = (count: number, text: string): string => `  ${String(count).padStart(6)}  ${text}`
  return [
    paint('bold', 'Erased.'),
    figure(leads, 'leads, which stay as numbers'),
    figure(contacts, 'contacts that the person was known as'),
    figure(messages, 'messages of the streams'),
    ...(ghl ? [figure(ghl.marked, 'contacts tagged in GoHighLevel: delete them there')] : []),
    ...(left > 0
      ? [
          paint(
            'yellow',
            `  ${left} decisions wait for delivery and hold the exact point: the stream forgets them within 14 days.`,
          ),
        ]
      : []),
  ].join('\n')
}
