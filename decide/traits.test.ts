import { expect, it } from 'vitest'
import { aLead, aPerson, published } from '../test/support/decide-builders.ts'
import { compileFieldPolicy } from './rules/field-policy.ts'
import { leadFields } from './rules/lead-fields.ts'
import { readTraits } from './traits.ts'

it.each([
  [1e21, 1_000_000_000],
  ['999999999999999999999', 1_000_000_000],
  [1_250.5, 1_251],
  [5e-324, 0],
  [-3, 0],
])('a form that says %s counts %i: counters hold whole numbers that they can add', (value, counted) => {
  const lead = aLead({ person: aPerson({ customFields: { value } }) })
  const fields = leadFields(lead, compileFieldPolicy(published({}).document), 0)
  expect(readTraits(fields).value).toBe(counted)
})
