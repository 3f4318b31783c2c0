import { expect, it } from 'vitest'
import { newRequest } from '../contracts/decision.ts'
import { aRuleset, buckhead, decatur, radius, route, zips } from '../test/support/decide-builders.ts'

const request = { ...newRequest, kind: 'undeliverable' as const, previousLocationIds: ['B', 'A'] }
const again = { attempt: 3, request }
const out = { statuses: { A: 'paused' as const } }

it('where GHL did not take the lead, it goes when that is back, and not to who had it before', () => {
  const decision = route(aRuleset({ territories: [radius(buckhead), radius(decatur)] }), again)
  expect(decision).toMatchObject({ outcome: 'assigned', locationId: 'A' })
  expect(decision.candidates.find(({ locationId }) => locationId === 'B')?.reason).toBe('PREVIOUS_ASSIGNEE')
})

it('an exclusive owner whom GHL did not let have the lead gets it when he is back, and keeps it while he is out', () => {
  const owned = zips('A', true, ['30305'], { whenUnavailable: 'HOLD' })
  const ruleset = aRuleset({ territories: [owned, radius(decatur)] })
  expect(route(ruleset, again)).toMatchObject({ outcome: 'assigned', locationId: 'A' })
  expect(route(ruleset, again, out)).toMatchObject({ outcome: 'held', fallback: 'EXCLUSIVE' })
})
