import { describe, expect, it } from 'vitest'
import type { RulesetUser } from '../../contracts/ruleset.ts'
import { compileHours } from '../hours/open-hours.ts'
import { rankUsers, type UserRanking } from './rank-users.ts'

const ann: RulesetUser = {
  id: 'ann',
  locationId: 'A',
  name: 'Ann',
  weight: 1,
  calendarId: null,
  skills: [],
  languages: [],
  leave: [],
}
const bob: RulesetUser = { ...ann, id: 'bob', name: 'Bob' }
const input: UserRanking = {
  users: [ann, bob],
  location: { timeZone: 'America/New_York' },
  nowMs: Date.parse('2026-06-10T15:00:00Z'),
  seed: 'seed',
  hoursOf: () => null,
  statuses: {},
  service: null,
  language: null,
  previousUserIds: [],
  preferredUserId: null,
  isFull: () => null,
  shortfallOf: () => 0,
}
const askAnn = (change: Partial<UserRanking>, annChange: Partial<RulesetUser> = {}) =>
  rankUsers({ ...input, ...change, users: [{ ...ann, ...annChange }, bob] }).find(({ userId }) => userId === 'ann')!
const nights = compileHours({ id: 'nights', weekly: { wed: ['20:00-23:00'] } })

describe('every user of a location gets a reason or a rank', () => {
  it.each<[string, Partial<UserRanking>, Partial<RulesetUser>, string, string | null]>([
    ['not active', { statuses: { ann: 'paused' } }, {}, 'ABSENT', 'paused'],
    ['on leave', {}, { leave: [{ from: '2026-06-01', to: '2026-06-10' }] }, 'ABSENT', 'on leave until 2026-06-10'],
    ['off hours', { hoursOf: ({ id }) => (id === 'ann' ? nights : null) }, {}, 'HOURS', null],
    ['without the skill', { service: 'roof' }, { skills: ['plumbing'] }, 'SERVICE', 'roof'],
    ['without the language', { language: 'es' }, { languages: ['en'] }, 'LANGUAGE', 'es'],
    ['full', { isFull: (id) => (id === 'ann' ? 'day 5/5' : null) }, {}, 'CAP', 'day 5/5'],
    ['asked before', { previousUserIds: ['ann'] }, {}, 'PREVIOUS_ASSIGNEE', null],
    ['without a share', {}, { weight: 0 }, 'NO_SHARE', null],
  ])('%s', (_name, change, annChange, reason, detail) => {
    expect(askAnn(change, annChange)).toMatchObject({ rank: null, reason, detail })
    expect(rankUsers({ ...input, ...change, users: [{ ...ann, ...annChange }, bob] })[0]).toMatchObject({
      userId: 'bob',
      rank: 1,
    })
  })

  it('leave is in local dates: 23:59:59.999 of the last day is away, 00:00:00.000 is back', () => {
    const leave = [{ from: '2026-06-01', to: '2026-06-10' }]
    expect(askAnn({ nowMs: Date.parse('2026-06-11T03:59:59.999Z') }, { leave }).reason).toBe('ABSENT')
    expect(askAnn({ nowMs: Date.parse('2026-06-11T04:00:00.000Z') }, { leave }).reason).toBeNull()
  })

  it('skills and languages compare without case, and a lead that asks for nothing is refused by none', () => {
    expect(askAnn({ service: 'Roof', language: 'ES' }, { skills: ['roof'], languages: ['es'] }).reason).toBeNull()
    expect(askAnn({}, { skills: ['roof'], languages: ['es'] }).reason).toBeNull()
  })
})

describe('the order of the eligible', () => {
  it('is by shortfall, this lead counted', () => {
    const ranked = rankUsers({ ...input, shortfallOf: (id) => (id === 'bob' ? 0.25 : -0.25) })
    expect(ranked.map(({ userId, shortfall, rank }) => [userId, shortfall, rank])).toEqual([
      ['bob', 0.75, 1],
      ['ann', 0.25, 2],
    ])
  })

  it('begins with who knows the person, when he is eligible, even without a share', () => {
    const users = [{ ...ann, weight: 0 }, bob]
    expect(rankUsers({ ...input, users, preferredUserId: 'ann' })[0]!.userId).toBe('ann')
    const away = rankUsers({ ...input, users, preferredUserId: 'ann', statuses: { ann: 'inactive' } })
    expect(away.map(({ userId }) => userId)).toEqual(['bob', 'ann'])
  })

  it('does not depend on the order of the input', () => {
    expect(rankUsers({ ...input, users: [bob, ann] })).toEqual(rankUsers(input))
  })
})
