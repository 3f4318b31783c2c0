import { describe, expect, it } from 'vitest'
import { newRequest } from '../contracts/decision.ts'
import type { Cap } from '../contracts/ruleset.ts'
import type { Snapshot, StickyOwner } from '../contracts/snapshot.ts'
import { aPlace } from '../test/support/a-place.ts'
import {
  aLead,
  aPerson,
  aRuleset,
  aUser,
  buckhead,
  decatur,
  nowhere,
  type RulesetParts,
  radius,
  route,
  zips,
} from '../test/support/decide-builders.ts'
import type { Lead } from './lead.ts'

const whyOf = (parts: RulesetParts, lead: Partial<Lead> = {}, snapshot: Partial<Snapshot> = {}): string =>
  route(aRuleset(parts), lead, snapshot).why
const shared = [zips('A', false), zips('B', false)]
const full = (locationId: string): Cap => ({ locationId, metric: 'leads', window: 'day', limit: 0 })
const owner = (relation: StickyOwner['relation'], userId: string | null = null): Partial<Snapshot> => ({
  sticky: { leadId: 'x', locationId: 'B', userId, relation, at: '2026-06-01T00:00:00Z' },
})

describe('the sentence of an assignment', () => {
  it.each([
    ['balanced', 'best of 2 by room and distance'],
    ['conversion', 'best of 2 by conversion, room and distance'],
    ['nearest', 'the nearest of 2'],
    ['round_robin', 'the next in turn of 2'],
    ['least_loaded', 'the least loaded of 2'],
  ] as const)('says how %s ranked', (strategy, words) => {
    const parts = { territories: shared, strategy: { exclusive: strategy, shared: strategy, nearest: strategy } }
    expect(whyOf(parts)).toContain(`; ${words}.`)
  })

  it.each([
    ['customer', 'this person is its customer'],
    ['open', 'it is in touch with this person already'],
    ['lost', 'it knows this person from before'],
  ] as const)('says how a sticky owner knows the person: %s', (relation, words) => {
    expect(whyOf({ territories: shared }, {}, owner(relation))).toBe(`Assigned to Shop B: ${words}, 10 km away.`)
  })

  it('does not say that no territory holds a place whose owner was full', () => {
    expect(whyOf({ territories: [zips('A', true)], caps: [full('A')] })).toBe(
      'Assigned to Shop B: it is in reach of 30305, 10 km away; Shop A came first but was full (day 0/0).',
    )
  })

  it('says which kind of user takes it, and names none', () => {
    const users = [aUser('u1', 'A'), aUser('u2', 'A', { languages: ['es'] })]
    const parts = { territories: [zips('A', true)], users }
    const french = { person: aPerson({ customFields: { language: 'fr' } }) }
    expect(whyOf(parts)).toMatch(/; for the next in turn of 2 users\.$/)
    expect(whyOf(parts, french)).toMatch(/; for the only one of its 2 users who can take it\.$/)
    expect(whyOf({ ...parts, users: users.slice(0, 1) })).toMatch(/; for its only user\.$/)
    expect(whyOf(parts, {}, { statuses: { u1: 'paused', u2: 'inactive' } })).toMatch(/; for none of its 2 users/)
    expect(whyOf({ ...parts, users: [aUser('u3', 'B')] }, {}, owner('open', 'u3'))).toMatch(/; for the user who knows/)
  })

  it('says that nobody may be messaged', () => {
    const lead = { person: aPerson({ dnd: true }) }
    expect(whyOf({ territories: [zips('A', true)] }, lead)).toMatch(
      /; silently, as the person asked not to be contacted\.$/,
    )
  })
})

describe('the sentence of a lead that nobody took', () => {
  const nowTooFar = { nearestMaxM: 1_000 }

  it('names what kept each, where it was not the same', () => {
    const parts = { ...nowTooFar, territories: shared, caps: [full('A')] }
    expect(whyOf(parts, {}, { statuses: { B: 'paused' } })).toBe(
      'Sent to HQ: no location in reach of 30305 can take it: Shop A was full (day 0/0), Shop B is paused.',
    )
  })

  it('says it once where it was the same', () => {
    const parts = { ...nowTooFar, territories: shared, caps: [full('A'), full('B')] }
    expect(whyOf(parts)).toBe('Sent to HQ: both locations in reach of 30305 are full, first Shop A (day 0/0).')
  })

  it('names the only one', () => {
    const statuses = { A: 'inactive' } as const
    expect(whyOf({ ...nowTooFar, territories: [radius(buckhead)] }, {}, { statuses })).toBe(
      'Sent to HQ: Shop A is inactive and is the only location in reach of 30305.',
    )
  })

  it('names the nearest where no territory holds the place, and what keeps it', () => {
    expect(whyOf({ locations: [decatur], nearestMaxM: 1_000 })).toBe(
      'Sent to HQ: no territory holds 30305, and the nearest location, Shop B, 10 km away, is too far.',
    )
    expect(whyOf({ locations: [decatur], nearestMaxM: 0 })).toBe('Sent to HQ: no territory holds 30305.')
  })

  it('names no code where there is none', () => {
    expect(whyOf({}, { place: nowhere })).toBe('Sent to HQ: no usable postal code, city or coordinates.')
    const soldier = aPlace({ ...nowhere, postalCode: '09012', fault: 'NON_GEOGRAPHIC' })
    expect(whyOf({}, { place: soldier })).toBe('Sent to HQ: 09012 is a military address, which is no place on the map.')
  })

  it('names the rule that lets it wait, not the last that matched', () => {
    const when = { field: 'attempt', op: 'gte', value: 0 } as const
    const rules = [
      { id: 'wait', when, do: { hold: { minutes: 30 } } },
      { id: 'mark', when, do: { set: { value: 5 } } },
    ]
    expect(whyOf({ rules: [{ id: 'g', match: 'all', rules }] })).toMatch(/: rule wait says so\.$/)
  })

  it('says what a returned lead was', () => {
    const request = { ...newRequest, kind: 'return', reason: 'spam' } as const
    expect(whyOf({}, aLead({ request }))).toBe('Rejected: returned as spam.')
  })
})

describe('a lead that GHL did not take', () => {
  const request = { ...newRequest, kind: 'undeliverable' as const, previousLocationIds: ['A'] }

  it('says where it was before, whatever becomes of it', () => {
    const statuses = { A: 'paused' as const }
    expect(whyOf({ territories: shared }, { request }, { statuses })).toMatch(
      /^Assigned to Shop B: .+; before, GoHighLevel did not take it for Shop A\.$/,
    )
    const owned = { ...zips('A', true), whenUnavailable: 'HQ' as const }
    expect(whyOf({ territories: [owned] }, { request }, { statuses })).toMatch(
      /^Sent to HQ: .+ is paused; before, GoHighLevel did not take it for Shop A\.$/,
    )
  })

  it('says so where it is there again', () => {
    expect(whyOf({ territories: shared }, { request })).toMatch(
      /^Assigned to Shop A: .+; GoHighLevel did not take it there before and lets leads in again\.$/,
    )
  })
})
