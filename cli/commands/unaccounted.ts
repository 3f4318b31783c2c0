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
type Gap = {
  kind: string
  tenant: string
  since: string
  locationId: string
  eventId: string
  contactId: string | null
  leadId: string | null
}
type Hour = { tenant: string; hour: string; gapCount: number; gaps: Gap[] } & Record<(typeof figures)[number], number>
type Answer = {
  asOf: string
  hours: Hour[]
  compared: { until: string | null; missingInGhl: number; failing: number }
}

/** More names than a screen holds are for --json and /v1/unaccounted/gaps. */
const NAMED_MAX = 40

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

const lost = ({ hours }: Answer): number => hours.reduce((sum, { gapCount }) => sum + gapCount, 0)

function print(answer: Answer, paint: Paint): string {
  const { hours, compared } = answer
  const columns = [{ title: 'hour' }, { title: 'agency' }, ...figures.map((title) => ({ title, right: true }))]
  const rows = hours.map((row) => [row.hour.slice(0, 16), row.tenant, ...figures.map((name) => String(row[name]))])
  const count = lost(answer)
  const verdict =
    count === 0 ? paint('green', 'Every lead is accounted for.') : paint('red', `${count} leads are unaccounted for:`)
  const until = compared.until === null ? 'No sub-account is compared with GoHighLevel.' : comparedText(compared, paint)
  const named = hours.flatMap(({ gaps }) => gaps).slice(0, NAMED_MAX)
  const names = named.length === 0 ? [] : ['', gapTable(named), '']
  return [rows.length === 0 ? 'No lead came in.' : table(columns, rows), '', verdict, ...names, until].join('\n')
}

function gapTable(gaps: Gap[]): string {
  const titles = ['what', 'since', 'agency', 'location', 'lead', 'contact', 'event']
  const rows = gaps.map(({ kind, since, tenant, locationId, leadId, contactId, eventId }) => [
    ...[kind, since.slice(0, 19), tenant, locationId, leadId ?? '-', contactId ?? '-', eventId],
  ])
  return table(
    titles.map((title) => ({ title })),
    rows,
  )
}

function comparedText({ until, missingInGhl, failing }: Answer['compared'], paint: Paint): string {
  const parts = [`Compared with GoHighLevel until ${until}.`]
  if (missingInGhl > 0) parts.push(paint('red', `${missingInGhl} delivered leads are not there any more.`))
  if (failing > 0) parts.push(paint('yellow', `${failing} sub-accounts could not be compared.`))
  return parts.join(' ')
}
