import type { Paint } from './paint.ts'
import { table } from './table.ts'

export type RulesetLine = { id: string; tenant: string; state: string } & Record<
  'name' | 'hash' | 'createdAt' | 'publishAt' | 'publishedAt',
  string | null
>
export type Change = { path: string; kind: 'added' | 'removed' | 'changed'; before: unknown; after: unknown }
type Move = { from: string[]; to: string[]; count: number; samples: string[] }
export type Changes = {
  against: { id: string; hash: string | null }
  changes: Change[]
  territories: { codes: Move[]; cells: Move[] }
}

export function printRulesets({ items }: { items: RulesetLine[] }, paint: Paint): string {
  if (items.length === 0) return 'There is no ruleset yet.'
  const titles = ['id', 'agency', 'state', 'name', 'hash', 'since', 'from']
  const rows = items.map(({ id, tenant, state, name, hash, createdAt, publishAt, publishedAt }) => [
    ...[id, tenant, state === 'published' ? paint('green', state) : state, name ?? '', (hash ?? '').slice(0, 12)],
    ...[seconds(publishedAt ?? createdAt), seconds(publishAt)],
  ])
  return table(
    titles.map((title) => ({ title })),
    rows,
    '',
  )
}

const SHOWN_MAX = 60
const MARKS = { added: '+', removed: '-', changed: '~' } as const
const COLOURS = { added: 'green', removed: 'red', changed: 'yellow' } as const

export function printChanges({ changes, territories }: Changes, paint: Paint): string {
  if (changes.length === 0) return 'No difference.'
  const rows = changes.map(({ path, kind, before, after }) => [
    ...[paint(COLOURS[kind], MARKS[kind]), path],
    kind === 'changed' ? `${shown(before)} -> ${shown(after)}` : shown(kind === 'added' ? after : before),
  ])
  const moves = territories.codes.map(({ from, to, count, samples }) => [
    ...[String(count), owners(from), owners(to), samples.slice(0, SAMPLES_MAX).join(' ')],
  ])
  const columns = [{ title: 'ZIPs', right: true }, { title: 'from' }, { title: 'to' }, { title: 'such as' }]
  return [
    table([{ title: '' }, { title: 'what' }, { title: 'how' }], rows, ''),
    ...(moves.length > 0 ? [table(columns, moves, '')] : []),
  ].join('\n\n')
}

const SAMPLES_MAX = 5
const owners = (ids: string[]): string => (ids.length === 0 ? 'nobody' : ids.join(', '))

function shown(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text
}

const seconds = (at: string | null): string => (at === null ? '' : at.slice(0, 19).replace('T', ' '))
