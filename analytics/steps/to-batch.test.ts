import { expect, test } from 'vitest'
import { derivedUuid } from '../../kernel/derived-uuid.ts'
import { createProjections } from './projections.ts'
import { type Message, toBatch } from './to-batch.ts'

const { facts } = createProjections()
const fact = (n: number, more: object = {}) => ({
  factId: derivedUuid('fact', n),
  leadId: derivedUuid('lead', n),
  tenant: 'a',
  locationId: 'l',
  regionId: null,
  fact: 'won',
  occurredAt: '2026-01-31T23:59:59.999Z',
  value: 0.1,
  eventId: derivedUuid('event', n),
  leadCreatedAt: '2026-01-01T00:00:00.000Z',
  ...more,
})
const message = (seq: number, body: unknown): Message => {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return { seq, at: '2026-02-01T00:00:00.000Z', subject: 'facts.a.l.won', bytes }
}

test('messages become rows of their table, in stream order, with the time and place that JetStream gave them', () => {
  const batch = toBatch([message(7, fact(1)), message(9, fact(2))], facts)
  expect([batch.firstSeq, batch.lastSeq, batch.ids]).toEqual([7, 9, [fact(1).factId, fact(2).factId]])
  expect(batch.tables).toHaveLength(1)
  expect(batch.tables[0]).toMatchObject({
    table: 'lead_facts',
    rows: [
      { stream_seq: 7, value: '0.10', region_id: '', received_at: '2026-02-01 00:00:00.000' },
      { stream_seq: 9, occurred_at: '2026-01-31 23:59:59.999' },
    ],
  })
})

test('an id that comes twice in a batch is one row, its last message', () => {
  const batch = toBatch([message(1, fact(1)), message(2, fact(2)), message(3, fact(1, { value: 5 }))], facts)
  expect(batch.ids).toEqual([fact(2).factId, fact(1).factId])
  expect(batch.tables[0]!.rows).toMatchObject([{ stream_seq: 2 }, { stream_seq: 3, value: '5.00' }])
})

test('what no retry will make readable is set aside with its reason, and the range still covers it', () => {
  const messages = [message(1, '{'), message(2, { ...fact(1), fact: 'sold' }), message(3, fact(1, { leadId: 'x' }))]
  const batch = toBatch([...messages, message(4, fact(2)), message(5, Buffer.from([0xff]).toString('latin1'))], facts)
  expect(batch.refused.map(({ message: { seq }, detail }) => [seq, detail])).toEqual([
    [1, 'not JSON'],
    [2, 'breaks its contract'],
    [3, 'not a UUID'],
    [5, 'not JSON'],
  ])
  expect([batch.firstSeq, batch.lastSeq, batch.ids.length]).toEqual([1, 5, 1])
})

test('half a character becomes a whole one: ClickHouse would refuse the batch for it', () => {
  const text = JSON.stringify(fact(1, { locationId: 'x' })).replace('"x"', '"\\ud800"')
  expect(toBatch([message(1, text)], facts).tables[0]!.rows).toMatchObject([{ location_id: '\ufffd' }])
})
