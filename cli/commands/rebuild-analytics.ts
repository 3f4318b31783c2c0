import type { Command } from 'commander'
import type { Rebuilt } from '../../analytics/rebuild/rebuild-analytics.ts'
import { Failure } from '../failure.ts'
import { output } from '../output.ts'
import type { Paint } from '../print/paint.ts'
import { withAnalyticsStores } from '../with-stores.ts'

/** Without a directory: the stores themselves are asked, and the sinks need not run. */
export function rebuildAnalyticsCommand(rebuild: Command): void {
  rebuild
    .command('analytics')
    .description('fill all tables of ClickHouse anew from streams, live tables and Postgres, while traffic goes on')
    .action(async (_options: object, command: Command) => {
      const { rebuildAnalytics } = await import('../../analytics/rebuild/rebuild-analytics.ts')
      const isShown = process.stderr.isTTY === true && command.optsWithGlobals<{ json?: boolean }>().json !== true
      const onProgress = isShown ? showProgress : () => undefined
      const result = await withAnalyticsStores((stores) => rebuildAnalytics({ ...stores, onProgress }))
      if (isShown) process.stderr.write(ERASE_LINE)
      if ('refused' in result) throw new Failure(`REBUILD_${result.refused}`, result.message)
      output(command, result, print)
    })
}

const ERASE_LINE = '\r\x1b[2K'

function showProgress(step: string, done: number | null, total: number | null): void {
  const figures = done === null ? '' : total === null ? `  ${done}` : `  ${done} of ${total}`
  process.stderr.write(`${ERASE_LINE}${step}${figures}`)
}

function print({ rows, pausedMs }: Rebuilt, paint: Paint): string {
  const lines = Object.entries(rows).map(([table, count]) => `  ${String(count).padStart(9)}  ${table}`)
  return [paint('green', `The analytics are built anew; the sinks stood still for ${pausedMs} ms.`), ...lines].join(
    '\n',
  )
}
