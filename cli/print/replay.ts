import type { Replayed } from '../../router/replay.ts'
import type { Paint } from './paint.ts'
import { table } from './table.ts'

/** `different` and `missing` are the first ones; the counts are of all. */
export type ReplayAnswer = Replayed & { differentCount: number; missingCount: number }

const REASONS: Record<ReplayAnswer['missing'][number]['reason'], string> = {
  'lead-gone': 'its lead is gone',
  'decision-gone': 'the lead has no decision',
  'person-erased': 'its person was erased',
  'ruleset-gone': 'its ruleset is gone',
}

export function printReplay(answer: ReplayAnswer, paint: Paint): string {
  const { checked, different, missing, differentCount, missingCount } = answer
  const same = checked - differentCount
  const parts = [
    differentCount === 0
      ? paint('green', `${same} of ${checked} decisions replay byte for byte.`)
      : paint('red', `${differentCount} of ${checked} decisions do not replay.`),
  ]
  if (differentCount > 0) {
    const rows = different.map(({ leadId, attempt, firstDifference: { path, recorded, replayed } }) => [
      ...[leadId, String(attempt), path === '' ? '(whole)' : path, recorded, replayed],
    ])
    const columns = ['lead', 'attempt', 'first difference', 'recorded', 'replayed'].map((title) => ({ title }))
    parts.push(`${table(columns, rows)}${more(differentCount - different.length)}`)
  }
  if (missingCount > 0) {
    const rows = missing.map(({ leadId, attempt, reason }) => [leadId, String(attempt), REASONS[reason]])
    const columns = ['lead', 'attempt', 'why'].map((title) => ({ title }))
    const head = paint('yellow', `${missingCount} could not be replayed:`)
    parts.push(`${head}\n${table(columns, rows)}${more(missingCount - missing.length)}`)
  }
  return parts.join('\n\n')
}

const more = (count: number): string => (count > 0 ? `\n  and ${count} more` : '')
