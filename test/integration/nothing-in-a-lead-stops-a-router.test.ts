import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Event, Person } from '../../contracts/event.ts'
import { formEvent } from '../support/form-events.ts'
import { MONDAY_NOON_MS, type RoutedAgency, startRoutedAgency } from '../support/routed-agency.ts'
import { until } from '../support/until.ts'

let agency: RoutedAgency

const form = (contact: string, person: Partial<Person> = {}): Event => formEvent({ contact, person }, MONDAY_NOON_MS)
const leads = async (): Promise<string[]> =>
  (await agency.pool.query('SELECT intake_contact_id AS id FROM hexroute.leads ORDER BY 1')).rows.map(({ id }) => id)
const deadLetters = async (): Promise<{ detail: string }[]> => {
  const { state } = await agency.nats.manager.streams.info('DLQ')
  const wanted = Array.from({ length: state.messages }, (_, i) => state.first_seq + i)
  const found = await Promise.all(wanted.map((seq) => agency.nats.manager.streams.getMessage('DLQ', { seq })))
  return found.map((message) => message!.json<{ detail: string }>())
}

beforeAll(async () => {
  agency = await startRoutedAgency()
  await agency.publish()
})
afterAll(() => agency?.stop())
beforeEach(async () => {
  agency.at(MONDAY_NOON_MS)
  await agency.reset()
})

describe('a poison lead', () => {
  it.each([
    ['NUL in its contact id', 'a\0b', /Unicode escape/],
    ['a contact id that no index can hold', randomBytes(20_000).toString('hex'), /index row/],
  ])(
    'with %s goes to the dead letters with its reason after bounded tries, while its neighbours flow',
    async (_, id, reason) => {
      const events = [form('before'), form(id), form('after')]
      for (let delivery = 1; delivery <= 4; delivery += 1)
        expect(await agency.handle(events, delivery)).toEqual(['acknowledged', 'given back', 'acknowledged'])
      expect(await agency.handle(events, 5)).toEqual(['acknowledged', 'dead letter', 'acknowledged'])
      expect(await leads()).toEqual(['after', 'before'])
      expect(await deadLetters()).toEqual([expect.objectContaining({ detail: expect.stringMatching(reason) })])
    },
  )

  it('in the real stream: two are buried, twenty neighbours are decided', async () => {
    const good = Array.from({ length: 20 }, (_, n) => form(`n${n}`))
    await agency.publishEvents([form('x\0y'), ...good, form('z\0z')])
    const consumption = await agency.consume()
    await until('all settled', 45_000, agency.inFlight, (count) => count === 0).finally(consumption.stop)
    expect(await leads()).toHaveLength(20)
    expect(await deadLetters()).toHaveLength(2)
  })

  it('that is no event at all is buried at once', async () => {
    expect(await agency.handle([{ hello: 1 }, form('c1')])).toEqual(['dead letter', 'acknowledged'])
    expect(await deadLetters()).toEqual([expect.objectContaining({ detail: 'unreadable: not an event envelope' })])
  })
})

describe('whatever stands in its fields, a lead is decided', () => {
  const texts = [
    'firstName',
    'lastName',
    'email',
    'phone',
    'address',
    'city',
    'state',
    'postalCode',
    'country',
    'source',
  ] as const
  const fillings: [string, string][] = [
    ['1 MB', 'x'.repeat(1_000_000)],
    ['HTML', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
    ['lone surrogates', 'a\ud800b\udfff'],
    ['NUL', 'a\0b\0'],
    ['right to left and combining', '\u202e\u0301\u0301\ufeff'],
    ['quotes, tabs and record separators', `'"\\\t\r\n\x1e\x1f,;--`],
    ['nothing', ''],
  ]

  it.each(fillings)('%s in every text field', async (_, text) => {
    const person = Object.fromEntries(texts.map((name) => [name, text]))
    const customFields = { [text]: text, nested: { [text]: [text] }, service: text, language: text }
    const [settled] = await agency.handle([form('c1', { ...person, customFields, tags: [text, text] })])
    expect(settled).toBe('acknowledged')
    expect(await agency.latest('c1')).toMatchObject({ outcome: 'hq' })
    const { rows } = await agency.pool.query('SELECT person::text FROM hexroute.leads')
    expect(rows[0].person).not.toContain('\\u0000')
  })

  it.each(fillings)('%s in one field each: what is usable is used', async (_, text) => {
    const events = texts
      .filter((name) => name !== 'postalCode' && name !== 'country')
      .map((name) => form(`c-${name}`, { [name]: text }))
    expect(new Set(await agency.handle(events))).toEqual(new Set(['acknowledged']))
    expect(await leads()).toHaveLength(events.length)
  })

  it('numbers that are none, and coordinates outside the world', async () => {
    const wild: [number, number][] = [
      [91, 0],
      [0, 181],
      [1e308, -1e308],
      [0, 0],
      [90, 0],
      [-90, 180],
    ]
    const events = wild.map(([latitude, longitude], n) => form(`w${n}`, { latitude, longitude }))
    expect(new Set(await agency.handle(events))).toEqual(new Set(['acknowledged']))
    expect(await leads()).toHaveLength(wild.length)
  })

  it('a lead without anything usable ends in HQ with its reason', async () => {
    await agency.handle([form('c1', { postalCode: null, country: null })])
    expect(await agency.latest('c1')).toMatchObject({ outcome: 'hq', fallback: 'BAD_POSTAL' })
  })
})
