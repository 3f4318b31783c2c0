import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { describe, expect, it } from 'vitest'
import { newRequest } from '../../contracts/decision.ts'
import type { Lead } from '../../decide/lead.ts'
import { identitiesOf } from './identities.ts'
import type { KnownLead } from './known-person.ts'
import { recognise } from './recognise.ts'

const startMs = Date.UTC(2026, 2, 1, 12)
const minute = (minutes: number): string => new Date(startMs + minutes * 60_000).toISOString()
const person = (fields: Partial<Lead['person']> = {}): Lead['person'] => ({
  ...{ firstName: null, lastName: null, email: null, phone: null, address: null, city: null, state: null },
  ...{ postalCode: null, country: 'US', latitude: null, longitude: null, source: null, tags: [], customFields: {} },
  ...fields,
})
const submitted = (eventId: string, at: string, fields: Partial<Lead> = {}): Lead => ({
  leadId: 'id-of-c1',
  tenant: 'T',
  eventId,
  attempt: 1,
  createdAt: at,
  intakeLocationId: 'funnel',
  intakeContactId: 'c1',
  key: 'funnel/c1',
  person: person(),
  place: { country: 'US' } as Lead['place'],
  request: newRequest,
  ...fields,
})
const stored = (fields: Partial<KnownLead> = {}): KnownLead => ({
  leadId: 'first',
  eventId: 'e1',
  createdAt: minute(0),
  key: 'funnel/c1',
  kind: 'contact',
  isAssigned: true,
  isErased: false,
  locationId: 'denver',
  userId: 'ann',
  state: 'assigned',
  stateSince: null,
  touchedAt: null,
  ...fields,
})
const policy = { duplicateMinutes: 10, lostDays: 90, isSticky: true }
const at = (minutes: number, lead: Lead, known: KnownLead[], lostDays = 90) =>
  recognise([lead], new Map([[lead.eventId, known]]), () => ({ ...policy, lostDays }), {
    nowMs: startMs + minutes * 60_000,
    isActive: (locationId) => locationId !== 'gone',
  })
const DAY = 24 * 60

describe('a person who is known', () => {
  it('duplicate in the same second: two webhooks of one submission in one batch are one lead', () => {
    const pair = [submitted('e1', minute(0)), submitted('e2', minute(0.01), { person: person({ city: 'Boulder' }) })]
    const { leads, repeats } = recognise(pair, new Map(), () => policy, {
      nowMs: startMs,
      isActive: () => true,
    })
    expect(leads.map(({ lead }) => lead.eventId)).toEqual(['e1'])
    expect(repeats).toMatchObject([{ leadId: 'id-of-c1', person: { city: 'Boulder' } }])
  })

  it('duplicate in the same second: one person as two contacts of two funnels is one lead', () => {
    const phone = { person: person({ phone: '(303) 555-0142', email: null }) }
    const pair = [
      submitted('e1', minute(0), phone),
      submitted('e2', minute(0), { ...phone, leadId: 'other', intakeLocationId: 'funnel2', key: 'funnel2/c9' }),
    ]
    const { leads, repeats } = recognise(pair, new Map(), () => policy, {
      nowMs: startMs,
      isActive: () => true,
    })
    expect([leads.length, repeats.length]).toEqual([1, 1])
  })

  it('duplicate after 10 minutes: up to then the same lead, one millisecond later a new one', () => {
    expect(at(10, submitted('e2', minute(10)), [stored()]).repeats).toMatchObject([{ leadId: 'first' }])
    const late = new Date(Date.parse(minute(10)) + 1).toISOString()
    const { leads, repeats } = at(11, submitted('e2', late), [stored()])
    expect(repeats).toEqual([])
    expect(leads[0]!.lead.key).toBe('funnel/c1#2')
    expect(leads[0]!.lead.leadId).not.toBe('id-of-c1')
  })

  it('duplicate after 3 days: a new lead that goes to who works on the person', () => {
    const { leads } = at(3 * DAY, submitted('e2', minute(3 * DAY)), [stored({ touchedAt: minute(DAY) })])
    expect(leads).toMatchObject([
      {
        lead: { key: 'funnel/c1#2', eventId: 'e2' },
        sticky: { leadId: 'first', locationId: 'denver', userId: 'ann', relation: 'open', at: minute(DAY) },
      },
    ])
  })

  it('duplicate after 3 days by two webhooks on two routers gets one id', () => {
    const ids = ['e2', 'e3'].map((id) => at(3 * DAY, submitted(id, minute(3 * DAY)), [stored()]).leads[0]!.lead.leadId)
    expect(new Set(ids).size).toBe(1)
  })

  it('an event that comes again after its lead was stored finds that lead, whichever came since', () => {
    const known = [
      stored(),
      stored({ leadId: 'second', eventId: 'e2', createdAt: minute(3 * DAY), key: 'funnel/c1#2' }),
    ]
    const { leads } = at(4 * DAY, submitted('e1', minute(0)), known)
    expect(leads[0]!.lead).toMatchObject({ leadId: 'first', key: 'funnel/c1' })
    expect(at(9 * DAY, submitted('e9', minute(9 * DAY)), known).leads[0]!.lead.key).toBe('funnel/c1#3')
  })

  it('a webhook of the past that reconcile was ahead of is its lead, of however long ago', () => {
    const known = [stored({ createdAt: minute(DAY) }), stored({ leadId: 'second', createdAt: minute(3 * DAY) })]
    const late = (askedAt: string, fields: Partial<KnownLead> = {}) =>
      at(
        4 * DAY,
        submitted('e5', minute(4 * DAY), { askedAt }),
        known.map((one) => ({ ...one, ...fields })),
      )
    expect(late(minute(0)).repeats).toMatchObject([{ leadId: 'first' }])
    expect(late(minute(2 * DAY)).repeats).toMatchObject([{ leadId: 'second' }])
    expect(late(minute(4 * DAY)).leads).toHaveLength(1)
    expect(late(minute(0), { kind: 'email' }).leads).toHaveLength(1)
  })

  it('the second contact of one person, found by reconcile hours later, is the lead that it was told as', () => {
    const known = [stored({ kind: 'phone', key: 'funnel/c9' })]
    const found = (askedAt: string) =>
      at(5 * 60, submitted('e5', minute(5 * 60), { askedAt, intakeContactId: 'c2', key: 'funnel/c2' }), known)
    expect(found(minute(3)).repeats).toMatchObject([{ leadId: 'first' }])
    expect(found(minute(11)).leads).toHaveLength(1)
  })

  it('customer before open before lost, then the latest touch', () => {
    const lost = stored({ leadId: 'l', state: 'lost', stateSince: minute(0), touchedAt: minute(9) })
    const open = stored({ leadId: 'o', state: 'engaged', touchedAt: minute(8) })
    const older = stored({ leadId: 'p', state: 'assigned', touchedAt: minute(7) })
    const won = stored({ leadId: 'w', state: 'won', touchedAt: minute(1) })
    const owner = (...known: KnownLead[]) => at(DAY, submitted('e2', minute(DAY)), known).leads[0]!.sticky
    expect(owner(lost, older, open, won)).toMatchObject({ leadId: 'w', relation: 'customer' })
    expect(owner(older, lost, open)).toMatchObject({ leadId: 'o', relation: 'open' })
    expect(owner(lost)).toMatchObject({ leadId: 'l', relation: 'lost' })
  })

  it('the contact id decides before the phone, the phone before the e-mail', () => {
    const mail = stored({ leadId: 'm', kind: 'email', state: 'won' })
    const phone = stored({ leadId: 'p', kind: 'phone', state: 'won' })
    const contact = stored({ leadId: 'c', state: 'assigned' })
    const owner = (...known: KnownLead[]) => at(DAY, submitted('e2', minute(DAY)), known).leads[0]!.sticky?.leadId
    expect([owner(mail, phone, contact), owner(mail, phone), owner(mail)]).toEqual(['c', 'p', 'm'])
  })

  it('a lost lead belongs to who lost it for 90 days, a customer for ever while the location is active', () => {
    const lost = stored({ state: 'lost', stateSince: minute(0) })
    const owner = (days: number, known: KnownLead) =>
      at(days * DAY, submitted('e2', minute(days * DAY)), [known]).leads[0]!.sticky
    expect(owner(90, lost)?.relation).toBe('lost')
    expect(owner(90.001, lost)).toBe(null)
    expect(owner(5_000, stored({ state: 'won' }))?.relation).toBe('customer')
    expect(owner(1, stored({ state: 'won', locationId: 'gone' }))).toBe(null)
  })

  it('leads that nobody was given own nobody, and no lead owns itself', () => {
    expect(at(DAY, submitted('e2', minute(DAY)), [stored({ isAssigned: false })]).leads[0]!.sticky).toBe(null)
    expect(at(DAY, submitted('e1', minute(0)), [stored()]).leads[0]!.sticky).toBe(null)
  })
})

describe('how a person is recognised', () => {
  const values = (fields: Partial<Lead['person']>, country: string | null = 'US') =>
    identitiesOf(submitted('e', minute(0), { person: person(fields), place: { country } as Lead['place'] }))

  it('however a phone or an e-mail is written it is the same, and neither can be read back', () => {
    const written = [
      { phone: '303-555-0142', email: ' Ann@Example.com' },
      { phone: '+1 (303) 555 0142', email: 'ann@example.COM ' },
    ].map((fields) => values(fields))
    expect(written[0]).toEqual(written[1])
    expect(written[0]!.map(({ kind }) => kind)).toEqual(['contact', 'phone', 'email'])
    expect(JSON.stringify(written)).not.toMatch(/example|5550142/i)
  })

  it('a national number is read in the country of the lead', () => {
    expect(values({ phone: '020 7946 0958' }, 'GB')[1]).toEqual(values({ phone: '+44 20 7946 0958' })[1])
  })

  it('North American numbers are read as the library reads them', () => {
    const digits = fc.stringMatching(/^[2-9][0-9]{2}[2-9][0-9]{6}$/)
    const written = fc.tuple(digits, fc.constantFrom('$1$2$3', '($1) $2-$3', '+1 $1 $2 $3', '1-$1-$2-$3', '$1.$2.$3'))
    fc.assert(
      fc.property(written, fc.constantFrom('US', 'CA'), ([number, form], country) => {
        const phone = number.replace(/^(...)(...)(....)$/, form)
        const expected = parsePhoneNumberFromString(phone, country)!.number
        expect(values({ phone }, country)[1]).toEqual({
          kind: 'phone',
          value: createHash('sha256').update(expected).digest('hex'),
        })
      }),
    )
  })

  it('fillers recognise nobody', () => {
    for (const phone of ['', '0', '000-000-0000', 'call me', '1'.repeat(400)])
      expect(
        values({ phone, email: 'none' }).map(({ kind }) => kind),
        phone,
      ).toEqual(['contact'])
  })
})
