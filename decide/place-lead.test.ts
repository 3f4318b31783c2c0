import { expect, it } from 'vitest'
import { aRuleset, nashville, route } from '../test/support/decide-builders.ts'

/** Nashville is 350 km from the lead. */
const alone = { nearestMaxM: 100_000, locations: [nashville], fallback: { widenM: [400_000] } }
const further = { ...nashville, id: 'D', longitude: nashville.longitude - 0.1 }

it.each([
  ['paused', {}, { statuses: { D: 'paused' } }],
  ['inactive', {}, { statuses: { D: 'inactive' } }],
  ['not yet open', { locationSettings: [{ locationId: 'D', opensAt: '2030-01-01T00:00:00Z' }] }, {}],
] as const)('a far location that is %s does not keep the others from being reached by widening', (_, setting, live) => {
  const ruleset = aRuleset({ ...alone, locations: [nashville, further], ...(setting as object) })
  expect(route(ruleset, {}, live)).toMatchObject({ outcome: 'assigned', locationId: 'C', flags: ['radius-widened'] })
})

it('with only far locations that are paused there is no coverage, rather than nobody available', () => {
  expect(route(aRuleset({ ...alone, fallback: {} }), {}, { statuses: { C: 'paused' } })).toMatchObject({
    outcome: 'hq',
    fallback: 'NO_COVERAGE',
  })
})
