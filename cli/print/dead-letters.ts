import type { Paint } from './paint.ts'
import { table } from './table.ts'

export type LetterAnswer = {
  seq: number
  tenant: string
  stage: string
  code: string
  detail: string
  subject: string | null
  failedAt: string
  state: 'open' | 'redriven'
  redriven: { times: number; askedAt: string } | null
  payload?: string | null
}

const columns = [
  { title: 'number', right: true },
  { title: 'stage' },
  { title: 'agency' },
  { title: 'code' },
  { title: 'failed' },
  { title: 'again' },
  { title: 'why' },
]

export function printLetters({ items, next }: { items: LetterAnswer[]; next: string | null }, paint: Paint): string {
  if (items.length === 0) return paint('green', 'Nothing was given up.')
  const rows = items.map(({ seq, stage, tenant, code, failedAt, redriven, detail }) => [
    ...[String(seq), stage, tenant, paint('red', code), failedAt.slice(0, 19).replace('T', ' ')],
    ...[redriven ? `${redriven.times}x ${redriven.askedAt.slice(0, 16).replace('T', ' ')}` : '', detail.slice(0, 60)],
  ])
  const more = next === null ? '' : '\nThere are more: name a stage or code, or raise --limit.'
  return `${table(columns, rows)}${more}`
}

export function printLetter(letter: LetterAnswer, paint: Paint): string {
  const { seq, stage, tenant, code, detail, subject, failedAt, state, redriven, payload } = letter
  const again = redriven ? `, sent again ${redriven.times}x, last at ${redriven.askedAt}` : ''
  const lines = [
    `${paint('bold', `${seq}  ${stage}  ${tenant}`)}  ${state}${again}`,
    `${paint('red', code)}  ${failedAt}`,
    detail,
    ...(subject === null ? [] : [paint('dim', `goes to ${subject}`)]),
    ...(payload ? ['', payload] : []),
  ]
  return lines.join('\n')
}

export function printRedriven(
  { redriven, left = [], more = false }: { redriven: number[]; left?: number[]; more?: boolean },
  paint: Paint,
): string {
  const sent = redriven.length === 0 ? 'None was sent again.' : `Sent again: ${redriven.join(', ')}.`
  const kept = left.length === 0 ? '' : ` Cannot be sent: ${left.join(', ')}.`
  return `${paint('green', sent)}${kept}${more ? ' There are more: ask again.' : ''}`
}
