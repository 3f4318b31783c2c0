import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candidate, Decision } from '../contracts/decision.ts'
import { aLead, aRuleset, buckhead, decatur, NOW_MS, quiet, radius } from '../test/support/decide-builders.ts'
import { decide } from './decide.ts'
import { decisionHash } from './decision-hash.ts'
import { decisionText, sealDecision } from './decision-text.ts'

const plain = decide(aLead(), aRuleset({ territories: [radius(buckhead), radius(decatur)] }), quiet, NOW_MS, 's')

/** Quotes, backslashes, halves of surrogate pairs, line separators, and names that JavaScript takes for positions. */
const odd = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"', '\\', '\ud800', '\u2028', '12', '__proto__x', ''),
)
const amount = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
const usage = fc.dictionary(
  odd.filter((key) => key !== '__proto__'),
  amount,
)

const changed = fc.record({
  eventId: odd,
  tenant: odd,
  why: odd,
  seed: odd,
  userId: fc.option(odd),
  leadSource: fc.option(odd),
  score: amount,
  pondGroup: fc.option(fc.integer()),
  offeredTo: fc.array(odd),
  rules: fc.array(fc.record({ id: odd, effect: odd })),
})
const changedCandidate = fc.record({
  locationId: odd,
  territoryId: fc.option(odd),
  detail: fc.option(odd),
  distanceM: fc.option(amount),
  utilisation: amount,
  score: fc.option(amount),
})

describe('the text of a decision', () => {
  it('is what JSON makes of it, whatever it holds', () => {
    fc.assert(
      fc.property(
        changed,
        fc.array(changedCandidate, { maxLength: 3 }),
        fc.dictionary(odd, usage, { noNullPrototype: true }),
        (changes, some, counters) => {
          const { hash: _, ...open } = structuredClone(plain)
          const candidates = some.map((change): Candidate => ({ ...plain.candidates[0]!, ...change }))
          const decision = sealDecision({ ...open, ...changes, candidates, snapshot: { ...open.snapshot, counters } })
          expect(decisionText(decision)).toBe(JSON.stringify(decision))
          const { hash, ...rest } = decision
          expect(decisionHash(rest)).toBe(hash)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('a number that JSON cannot say is null', () => {
    const { hash: _, ...open } = structuredClone(plain)
    const candidates = [{ ...plain.candidates[0]!, score: Number.POSITIVE_INFINITY }]
    expect(JSON.parse(decisionText(sealDecision({ ...open, candidates })))).toMatchObject({
      candidates: [{ score: null }],
    })
  })

  it('does not follow a copy that was changed', () => {
    const copy: Decision = { ...plain, outcome: 'hq' }
    expect(decisionText(copy)).toBe(JSON.stringify(copy))
  })
})
