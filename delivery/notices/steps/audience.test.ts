import { expect, test } from 'vitest'
import type { Decision } from '../../../contracts/decision.ts'
import { channelKinds, type NoticeChannel, noticeEvents } from '../../../contracts/notice.ts'
import { decisionFor } from '../../../test/support/delivery-bench.ts'
import { audienceOf, audienceOfFailure, type Holder } from './audience.ts'
import type { Heard } from './notice.ts'
import { planNotices } from './plan-notices.ts'
import { audienceOfTrouble } from './trouble.ts'

const decided = (change: Partial<Decision> = {}): Decision => ({ ...decisionFor('boston'), userId: 'ada', ...change })
const boston: Holder = { locationId: 'boston', regionId: 'region1', userId: 'ada' }
const lines = (heard: Heard[]): string[] =>
  heard.map(({ event, scope, scopeId, isPersonal }) => `${event} ${scope} ${scopeId}${isPersonal ? ' (user)' : ''}`)
const heardOf = (decision: Decision, holder: Holder | null = null) => lines(audienceOf(decision, holder, new Map()))

test('a new lead is news for the agency, the region, the location and the user', () => {
  expect(heardOf(decided())).toEqual([
    'lead.assigned agency agency1',
    'lead.assigned region region1',
    'lead.assigned location boston',
    'lead.assigned user ada',
  ])
})

test('a test lead is news for nobody, whatever becomes of it', () => {
  for (const outcome of ['assigned', 'held', 'pond', 'hq', 'rejected'] as const) {
    const practice = decided({ outcome, flags: ['test-lead'], offeredTo: ['boston'] })
    expect(heardOf(practice, { ...boston, locationId: 'austin' })).toEqual([])
    expect(audienceOfFailure(practice, 'X', practice.decidedAt)).toEqual([])
  }
})

test('who had a lead that goes elsewhere is told, and who got it', () => {
  const moved = decided({ attempt: 2, locationId: 'austin', regionId: 'region2', userId: null })
  expect(heardOf(moved, boston)).toEqual([
    ...['agency agency1', 'region region1', 'location boston', 'user ada'].map((who) => `lead.taken-away ${who}`),
    ...['agency agency1', 'region region2', 'location austin'].map((who) => `lead.assigned ${who}`),
  ])
  const [loss] = audienceOf(moved, boston, new Map())
  expect(loss!.subject).toMatchObject({ locationId: 'boston', userId: 'ada', toLocationId: 'austin' })
})

test('a lead that changes hands within its location is lost by the user, not by the location', () => {
  const losses = heardOf(decided({ attempt: 2, userId: 'grace' }), boston).filter((line) =>
    line.startsWith('lead.taken'),
  )
  expect(losses).toEqual([
    'lead.taken-away agency agency1 (user)',
    'lead.taken-away region region1 (user)',
    'lead.taken-away location boston (user)',
    'lead.taken-away user ada',
  ])
  expect(heardOf(decided({ attempt: 2 }), boston).filter((line) => line.startsWith('lead.taken'))).toEqual([])
})

test('who gave a lead back is not told that it is gone', () => {
  const request = { ...decided().request, kind: 'return' as const }
  expect(heardOf(decided({ attempt: 2, outcome: 'hq', locationId: null, regionId: null, request }), boston)).toEqual([
    'lead.unrouted agency agency1',
  ])
})

test('an offer is news for each location of the group and each region once', () => {
  const offer = decided({ outcome: 'pond', locationId: null, regionId: null, offeredTo: ['boston', 'salem', 'austin'] })
  const regionOf = new Map([
    ['boston', 'north'],
    ['salem', 'north'],
    ['austin', 'south'],
  ])
  expect(lines(audienceOf(offer, null, regionOf))).toEqual(
    ['agency agency1', 'region north', 'region south', 'location boston', 'location salem', 'location austin'].map(
      (who) => `lead.offered ${who}`,
    ),
  )
})

test('held and rejected leads are nobody’s news', () => {
  expect([heardOf(decided({ outcome: 'held' })), heardOf(decided({ outcome: 'rejected' }))]).toEqual([[], []])
})

const channelOf = (change: Partial<NoticeChannel> = {}): NoticeChannel => ({
  ...{ id: 'c', tenant: 'agency1', scope: 'location', scopeId: 'boston', kind: 'email', target: null, timeZone: 'UTC' },
  ...{ events: [...noticeEvents], digestMinutes: null, quietHours: null, enabled: true },
  ...change,
})
const toBoston = (change: Partial<Decision> = {}, holder: Holder | null = null): Heard =>
  audienceOf(decided(change), holder, new Map()).find(({ scope }) => scope === 'location')!
const planned = (heard: Heard, channel: NoticeChannel) => planNotices(heard, [channel], 0)

test('a channel tells of its own agency, place and events, while it is on', () => {
  expect(planned(toBoston(), channelOf())).toHaveLength(1)
  const others = [{ enabled: false }, { tenant: 'agency2' }, { scopeId: 'austin' }, { scope: 'user' as const }]
  for (const other of [...others, { events: ['lead.failed' as const] }]) {
    expect(planned(toBoston(), channelOf(other))).toEqual([])
  }
})

test('what concerns one user only reaches a wider channel only if it tells the user', () => {
  const loss = toBoston({ attempt: 2, userId: 'grace' }, boston)
  const told = channelKinds.filter((kind) => planned(loss, channelOf({ kind })).length > 0)
  expect([loss.event, loss.isPersonal, told]).toEqual(['lead.taken-away', true, ['assigned-user']])
})

test('channels of the assigned user are silent while there is none', () => {
  for (const kind of ['assigned-user', 'ghl-message'] as const) {
    expect(planned(toBoston({ userId: null }), channelOf({ kind }))).toEqual([])
    expect(planned(toBoston(), channelOf({ kind }))).toHaveLength(1)
  }
})

test('one event of one attempt is one notice of a channel, and every other is another', () => {
  const decision = decided()
  const idOf = (change: Partial<Decision>, id = 'c', tenant = 'agency1') => {
    const heard = audienceOf({ ...decision, tenant, ...change }, null, new Map()).find(
      ({ scope }) => scope === 'location',
    )!
    return planned(heard, channelOf({ id, tenant }))[0]!.noticeId
  }
  expect(idOf({})).toBe(idOf({ why: 'said otherwise', decidedAt: '2026-01-01T00:00:00.000Z' }))
  const ids = [idOf({}), idOf({ attempt: 2 }), idOf({ leadId: 'other' }), idOf({}, 'd'), idOf({}, 'c', 'agency2')]
  expect(new Set(ids).size).toBe(5)
})

test('an outage is one notice each time that it begins or ends', () => {
  const out = { tenant: 'agency1', event: 'location.out', locationId: 'boston', regionId: 'north', code: 'X' } as const
  const idOf = (at: string, event: 'location.out' | 'location.back' = 'location.out') => {
    const heard = audienceOfTrouble({ ...out, at, event }).find(({ scope }) => scope === 'location')!
    return planned(heard, channelOf())[0]!.noticeId
  }
  expect(audienceOfTrouble({ ...out, at: '1' }).map(({ scope }) => scope)).toEqual(['agency', 'region', 'location'])
  expect(idOf('1')).toBe(idOf('1'))
  expect(new Set([idOf('1'), idOf('2'), idOf('1', 'location.back')]).size).toBe(3)
})
