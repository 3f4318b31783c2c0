import type { Command } from 'commander'
import type { ReconcileReport } from '../../contracts/delivery-request.ts'
import { directoryOf } from '../directory.ts'
import { output } from '../output.ts'
import type { Paint } from '../print/paint.ts'

/** As long as the directory waits for delivery. */
const ANSWER_WITHIN_MS = 150_000

export function reconcileCommand(program: Command): void {
  program
    .command('reconcile')
    .description('compare with GoHighLevel now and take in what never came; 1 when a sub-account cannot be read')
    .option('--tenant <agency>', 'of which agency; the only one when there is one')
    .action(async ({ tenant }: { tenant?: string }, command: Command) => {
      const directory = directoryOf(command, ANSWER_WITHIN_MS)
      const report = await directory<ReconcileReport>('POST', '/v1/reconcile', tenant ? { tenant } : {})
      output(command, report, print)
      if (report.failed.length > 0) process.exitCode = 1
    })
}

function print(report: ReconcileReport, paint: Paint): string {
  const { tenant, subAccounts, seen, takenIn, missingInGhl, undelivered, failed } = report
  const figure = (count: number, text: string): string => `  ${String(count).padStart(6)}  ${text}`
  const lines = [
    paint('bold', `${tenant}: ${subAccounts} sub-accounts compared with GoHighLevel`),
    figure(seen, 'contacts and opportunities looked at'),
    figure(takenIn, 'never came by webhook, taken in now'),
    figure(missingInGhl, 'delivered leads that GoHighLevel does not have any more'),
    figure(undelivered, 'assigned over 15 minutes ago and not delivered'),
  ]
  const faults = failed.map(({ locationId, code }) => paint('red', `  ${locationId} could not be compared: ${code}`))
  return [...lines, ...faults].join('\n')
}
