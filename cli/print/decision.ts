import type { Candidate, CandidateUser, Decision } from '../../contracts/decision.ts'
import type { Names } from '../names.ts'
import type { Paint } from './paint.ts'
import { table } from './table.ts'

const CANDIDATES_SHOWN_MAX = 20

/** One decision: its sentence, and every candidate with its rank or the reason that removed it. */
export function printDecision(decision: Decision, nameOf: Names, paint: Paint): string {
  const { why, candidates, users, rules, contributions, score, flags } = decision
  return [
    paint('bold', why),
    candidates.length === 0 ? '' : printCandidates(candidates, nameOf, paint),
    users.length === 0 ? '' : printUsers(users, nameOf, paint),
    rules.length === 0 ? '' : `  rules: ${rules.map(({ id, effect }) => `${id} (${effect})`).join(', ')}`,
    contributions.length === 0
      ? ''
      : `  score ${score}: ${contributions.map(({ id, points }) => `${id} ${signed(points)}`).join(', ')}`,
    flags.length === 0 ? '' : paint('yellow', `  note: ${flags.join(', ')}`),
    decision.until === null ? '' : `  until ${decision.until}`,
    decision.offeredTo.length === 0 ? '' : `  offered to ${decision.offeredTo.map(nameOf).join(', ')}`,
    paint('dim', `  ruleset ${short(decision.rulesetHash)}, decision ${short(decision.hash)}`),
  ]
    .filter((line) => line !== '')
    .join('\n')
}

function printCandidates(candidates: readonly Candidate[], nameOf: Names, paint: Paint): string {
  const columns = [
    ...[{ title: '#', right: true }, { title: 'location' }, { title: 'tier' }, { title: 'territory' }],
    ...[
      { title: 'distance', right: true },
      { title: 'used', right: true },
      { title: 'score', right: true },
    ],
    { title: 'reason' },
  ]
  const rows = candidates.slice(0, CANDIDATES_SHOWN_MAX).map((candidate) => {
    const { rank, locationId, tier, territoryKind, distanceM, utilisation, score, reason, detail } = candidate
    return [
      ...[rank === null ? '-' : String(rank), nameOf(locationId), tier, territoryKind ?? '', distance(distanceM)],
      ...[`${Math.round(utilisation * 100)} %`, score === null ? '' : score.toFixed(3)],
      reason === null ? '' : paint('yellow', detail === null ? reason : `${reason} (${detail})`),
    ]
  })
  const more = candidates.length - rows.length
  return `${table(columns, rows)}${more > 0 ? `\n  … and ${more} more (--json has all)` : ''}`
}

function printUsers(users: readonly CandidateUser[], nameOf: Names, paint: Paint): string {
  const columns = [{ title: '#', right: true }, { title: 'user' }, { title: 'owed', right: true }, { title: 'reason' }]
  const rows = users.map(({ rank, userId, shortfall, reason, detail }) => [
    ...[rank === null ? '-' : String(rank), nameOf(userId), shortfall.toFixed(2)],
    reason === null ? '' : paint('yellow', detail === null ? reason : `${reason} (${detail})`),
  ])
  return table(columns, rows)
}

function distance(metres: number | null): string {
  if (metres === null) return ''
  return metres < 10_000 ? `${(metres / 1_000).toFixed(1)} km` : `${Math.round(metres / 1_000)} km`
}

const signed = (points: number): string => (points < 0 ? String(points) : `+${points}`)
const short = (hash: string): string => hash.slice(0, 12)
