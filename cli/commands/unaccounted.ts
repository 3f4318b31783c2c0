import type { Command } from 'commander'
import { analyticsOf } from '../directory.ts'
import { output } from '../output.ts'
import type { Paint } from '../print/paint.ts'
import { table } from '../print/table.ts'

const figures = [
  'received',
  'assigned',
  'held',
  'pond',
  'hq',
  'rejected',
  'inFlight',
  'reconciled',
  'undelivered',
] as const
type Hour = { tenant: string; hour: string } & Record<(typeof figures)[number], number>
type Answer = {
  asOf: string
  hours: Hour[]
  compared: { until: string | null; missingInGhl: number; failing: number }
}

/** Routing takes seconds: what is not decided when its hour is over waits for somebody to look. */
const HOUR_MS = 3_600_000

export function unaccountedCommand(program: Command): void {
  program
    .command('unaccounted')
    .description('where every lead is, by hour, and what is missing; 1 when a lead is unaccounted for')
    .option('--hours <count>', 'how many hours back', '24')
    .option('--tenant <agency>', 'of which agency')
    .option('--analytics <url>', 'analytics (HEXROUTE_ANALYTICS_URL, else what npm start runs)')
    .action(async ({ hours, tenant }: { hours: string; tenant?: string }, command: Command) => {
      const query = new URLSearchParams({ hours, ...(tenant ? { tenant } : {}) })
      const answer = await analyticsOf(command)<Answer>('GET', `/v1/unaccounted?${query}`)
      output(command, answer, print)
      if (lost(answer) > 0 || answer.compared.missingInGhl > 0) process.exitCode = 1
    })
}

/** Not decided although the hour is over, or decided and delivered nowhere. */
const lost = ({ asOf, hours }: Answer): number =>
  hours.reduce((sum, { hour, inFlight, undelivered }) => {
    const isOver = Date.parse(hour) + HOUR_MS < Date.parse(asOf)
    return sum + undelivered + (isOver ? inFlight : 0)
  }, 0)

function print(answer: Answer, paint: Paint): string {
  const { hours, compared } = answer
  const columns = [{ title: 'hour' }, { title: 'agency' }, ...figures.map((title) => ({ title, right: true }))]
  const rows = hours.map((row) => [row.hour.slice(0, 16), row.tenant, ...figures.map((name) => String(row[name]))])
  const count = lost(answer)
  const verdict =
    count === 0
      ? paint('green', 'Every lead is accounted for.')
      : paint('red', `${count} leads are unaccounted for: see inFlight of past hours, and undelivered.`)
  const until = compared.until === null ? 'No sub-account is compared with GoHighLevel.' : comparedText(compared, paint)
  return [rows.length === 0 ? 'No lead came in.' : table(columns, rows), '', verdict, until].join('\n')
}

function comparedText({ until, missingInGhl, failing }: Answer['compared'], paint: Paint): string {
  const parts = [`Compared with GoHighLevel until ${until}.`]
  if (missingInGhl > 0) parts.push(paint('red', `${missingInGhl} delivered leads are not there any more.`))
  if (failing > 0) parts.push(paint('yellow', `${failing} sub-accounts could not be compared.`))
  return parts.join(' ')
}
