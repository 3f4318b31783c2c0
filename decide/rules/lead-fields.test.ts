import { describe, expect, it } from 'vitest'
import type { Person } from '../../contracts/event.ts'
import type { RuleField, RulesetDocument } from '../../contracts/ruleset.ts'
import { aLead } from '../../test/support/decide-builders.ts'
import { nobody } from '../../test/support/nobody.ts'
import type { Lead } from '../lead.ts'
import { compileFieldPolicy } from './field-policy.ts'
import { leadFields } from './lead-fields.ts'

const NOW_MS = Date.parse('2026-06-10T03:30:00Z')

const jo: Person = {
  ...nobody,
  ...{ email: 'Jo@Example.COM', phone: ' ', city: 'Atlanta', state: 'Georgia', postalCode: '30305', country: 'US' },
  ...{ source: 'Google', tags: ['vip'] },
}
const leadOf = (person: Partial<Person>): Lead =>
  aLead({ attempt: 2, createdAt: '2026-06-10T03:00:00.000Z', intakeContactId: null, person: { ...jo, ...person } })
const fieldsOf = (person: Partial<Person>, document: Partial<RulesetDocument> = {}) =>
  leadFields(leadOf(person), compileFieldPolicy(document), NOW_MS)
const services = [
  { id: 'roof', points: 3, value: 900 },
  { id: 'gutter', points: 1 },
]

describe('a lead, field by field', () => {
  it.each<[RuleField, unknown]>([
    ['source', 'Google'],
    ['tags', ['vip']],
    ['city', 'Atlanta'],
    ['state', 'GA'],
    ['country', 'US'],
    ['postalCode', '30305'],
    ['precision', 'zip'],
    ['intakeLocationId', 'funnel'],
    ['emailDomain', 'example.com'],
    ['hasEmail', true],
    ['hasPhone', false],
    ['dnd', false],
    ['consent', true],
    ['attempt', 2],
    ['hour', 3],
    ['weekday', 'wed'],
    ['service', undefined],
    ['language', undefined],
    ['value', undefined],
    ['points', undefined],
    ['score', undefined],
    ['custom.anything', undefined],
    ['custom.constructor', undefined],
  ])('%s is %j', (field, expected) => {
    expect(fieldsOf({}).read(field)).toEqual(expected)
  })

  it('hour and weekday are those of the tenant’s zone', () => {
    const fields = fieldsOf({}, { timeZone: 'America/New_York' })
    expect([fields.read('hour'), fields.read('weekday')]).toEqual([23, 'tue'])
  })

  it('the form’s own fields are found without case and with or without GHL’s prefix', () => {
    const fields = fieldsOf({ customFields: { 'contact.Roof_Age': '12', colours: ['red', { deep: 1 }, 'blue'] } })
    expect(fields.read('custom.roof_age')).toBe('12')
    expect(fields.read('custom.Roof_Age')).toBe('12')
    expect(fields.read('custom.colours')).toEqual(['red', 'blue'])
  })

  it('the service is the declared one, and gives points and value', () => {
    const fields = fieldsOf({ customFields: { 'contact.service': ' ROOF ' } }, { services })
    expect(['service', 'points', 'value'].map((name) => fields.read(name as RuleField))).toEqual(['roof', 3, 900])
    expect(fieldsOf({ customFields: { service: 'Windows' } }, { services }).read('service')).toBe('Windows')
  })

  it('the ruleset names other fields, and the form’s own value goes before the service’s', () => {
    const fields = fieldsOf(
      { customFields: { job: ['gutter', 'roof'], budget: '$1,250.50', sprache: 'Spanish' } },
      { services, fields: { service: 'contact.Job', value: 'Budget', language: 'sprache' } },
    )
    expect(['service', 'points', 'value', 'language'].map((name) => fields.read(name as RuleField))).toEqual([
      'gutter',
      1,
      1250.5,
      'es',
    ])
  })

  it.each([['-5'], ['1e999'], ['call me'], [Number.NaN]])('the value %s counts as none', (budget) => {
    expect(fieldsOf({ customFields: { value: budget } }).read('value')).toBeUndefined()
  })

  it('consent is given when the ruleset’s condition holds, which cannot ask for itself', () => {
    const when = (given: RulesetDocument['consent']) => fieldsOf({ customFields: { tcpa: 'Yes' } }, { consent: given! })
    const rule = { field: 'custom.tcpa', op: 'eq', value: 'yes' } as const
    expect(when({ given: rule, otherwise: 'REJECT' }).read('consent')).toBe(true)
    expect(when({ given: { not: rule }, otherwise: 'REJECT' }).read('consent')).toBe(false)
    const itself = { field: 'consent', op: 'eq', value: true } as const
    expect(when({ given: itself, otherwise: 'REJECT' }).read('consent')).toBe(false)
  })

  it('what a rule sets is seen, with all that depends on it, and the lead stays as it was', () => {
    const before = fieldsOf({ customFields: { service: 'gutter' } }, { services })
    const after = before.with({ service: 'roof', language: 'FR' }).with({ score: 70 })
    expect(['service', 'points', 'language', 'score'].map((name) => after.read(name as RuleField))).toEqual([
      'roof',
      3,
      'fr',
      70,
    ])
    expect(before.read('points')).toBe(1)
  })
})
