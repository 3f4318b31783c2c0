import fc from 'fast-check'
import { expect, it } from 'vitest'
import { newRequest } from '../contracts/decision.ts'
import type { PublishedRuleset } from '../contracts/ruleset.ts'
import type { Snapshot } from '../contracts/snapshot.ts'
import { richEvent } from '../test/support/rich-leads.ts'
import { rulesets } from '../test/support/rich-organisation.ts'
import { prepareCase } from './case.ts'
import { countersSeen } from './case-counters.ts'
import { type CompiledRuleset, compileRuleset } from './compile-ruleset.ts'
import { decide } from './decide.ts'
import { createGazetteer } from './geography/gazetteer.ts'
import { locateLead } from './geography/locate-lead.ts'
import type { Lead } from './lead.ts'

const startMs = Date.parse('2040-03-08T05:00:00Z')
const gazetteer = createGazetteer()
const plain = rulesets.map(compileRuleset)
const history = { sticky: null, engagement: [] }

function aRichLead(n: number): Lead {
  const { eventId, receivedAt, person } = richEvent(n, startMs)
  const at = { eventId, leadId: eventId, tenant: 'T', createdAt: receivedAt, attempt: 1, request: newRequest }
  const from = { intakeLocationId: 'funnel', intakeContactId: `c${n}`, key: `funnel/c${n}` }
  return { ...at, ...from, person: person!, place: locateLead(person!, gazetteer) }
}

/** Some counters are empty, some full. */
function snapshotOf(lead: Lead, ruleset: CompiledRuleset, nowMs: number): Snapshot {
  const used = (key: string): number => (key.length * 7 + lead.leadId.charCodeAt(0)) % 40
  const counters = countersSeen(prepareCase(lead, ruleset, history, nowMs), used)
  return { ...history, counters, statuses: { atl3: 'paused' }, refused: {}, waiting: {} }
}

const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length })

/** What has an order of its own (rules, score rules, pond groups, distances) keeps it; the rest stands in any order. */
const inAnyOrder = ({ hash, document, locations, users }: PublishedRuleset): fc.Arbitrary<PublishedRuleset> =>
  fc
    .record({
      locations: shuffled(locations),
      territories: shuffled(document.territories),
      calendars: shuffled(document.calendars ?? []),
      locationSettings: shuffled(document.locationSettings ?? []),
      services: shuffled(document.services ?? []),
      users: shuffled(users),
    })
    .map(({ locations, users, ...sections }) => ({ hash, locations, users, document: { ...document, ...sections } }))

/** Keys in the order in which Postgres keeps those of jsonb: shorter first. */
const asJsonb = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value), (_key, node) =>
    typeof node === 'object' && node !== null && !Array.isArray(node)
      ? Object.fromEntries(Object.entries(node).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)))
      : node,
  )

const someCase = fc.record({
  version: fc.constantFrom(0, 1),
  n: fc.nat(9_999),
  nowMs: fc.nat(8 * 24 * 60).map((minutes) => startMs + minutes * 60_000),
})

it('the same decision in whatever order locations, territories, calendars, settings, services and users stand', () => {
  for (const version of [0, 1]) {
    fc.assert(
      fc.property(
        inAnyOrder(rulesets[version]!),
        fc.array(fc.tuple(fc.nat(9_999), fc.nat(11_000)), { minLength: 20, maxLength: 40 }),
        (other, cases) => {
          const compiled = compileRuleset(other)
          for (const [n, minutes] of cases) {
            const lead = aRichLead(n)
            const nowMs = startMs + minutes * 60_000
            const snapshot = snapshotOf(lead, plain[version]!, nowMs)
            const expected = JSON.stringify(decide(lead, plain[version]!, snapshot, nowMs, 's'))
            expect(JSON.stringify(decide(lead, compiled, snapshot, nowMs, 's'))).toBe(expected)
          }
        },
      ),
      { numRuns: 8 },
    )
  }
})

it('the same decision after ruleset and person went through jsonb and the snapshot through JSON', () => {
  const stored = rulesets.map((ruleset) => compileRuleset(asJsonb(ruleset)))
  fc.assert(
    fc.property(someCase, ({ version, n, nowMs }) => {
      const lead = aRichLead(n)
      const snapshot = snapshotOf(lead, plain[version]!, nowMs)
      const expected = JSON.stringify(decide(lead, plain[version]!, snapshot, nowMs, 's'))
      const again = { ...lead, person: asJsonb(lead.person) }
      const read = JSON.parse(JSON.stringify(snapshot)) as Snapshot
      expect(JSON.stringify(decide(again, stored[version]!, read, nowMs, 's'))).toBe(expected)
    }),
    { numRuns: 600 },
  )
})
