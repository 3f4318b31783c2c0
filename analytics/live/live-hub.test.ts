import { expect, onTestFinished, test, vi } from 'vitest'
import type { LeadCount, Place } from '../steps/to-conversion.ts'
import type { FeedItem } from './cursor.ts'
import { createLiveHub } from './live-hub.ts'
import type { LiveSources, Topic } from './topic.ts'

const places: Place[] = Array.from({ length: 40 }, (_, n) => ({
  ...{ id: `l${n}`, name: `Location ${n}`, regionId: `r${n % 4}`, regionName: `Region ${n % 4}` },
}))

/** A tenant whose figures and decisions a test changes; counts what is asked. */
function startWorld() {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const asked = { counts: 0, feed: 0, rounds: 0 }
  const counts: LeadCount[] = [{ locationId: 'l1', leads: 4, won: 1 }]
  const decided: FeedItem[] = []
  const sources: LiveSources = {
    places: async () => places,
    counts: async () => {
      asked.counts += 1
      return structuredClone(counts)
    },
    feed: async (_tenant, ids, after, limit) => {
      asked.feed += 1
      const isIn = ({ decision, cursor }: FeedItem) =>
        (ids === null || ids.includes(decision.locationId ?? '')) && (!after || cursor.seq > after.seq)
      return decided.filter(isIn).slice(-limit)
    },
    now: () => '2026-01-01T00:00:00.000Z',
    everyMs: 1_000,
    onRound: () => {
      asked.rounds += 1
    },
    onFault: (error) => {
      throw error
    },
  }
  const decide = (locationId: string) => {
    const seq = decided.length + 1
    const decision = {
      ...{ decisionId: `d${seq}`, leadId: `lead${seq}`, decidedAt: '', outcome: 'assigned', tier: null, why: '' },
      ...{ locationId, locationName: locationId, regionId: null },
    }
    decided.push({ cursor: { ms: seq, seq }, decision })
  }
  return { asked, counts, decide, hub: createLiveHub(sources), round: () => vi.advanceTimersByTimeAsync(1_000) }
}

const topic = (more: Partial<Topic['scope']> = {}, by: Topic['by'] = 'location'): Topic => ({
  ...{ scope: { tenant: 'a', regionIds: [], locationIds: [], ...more }, window: '7d', by, decisions: true },
})
const idsIn = (heard: Buffer[]): string[] =>
  [
    ...Buffer.concat(heard)
      .toString()
      .matchAll(/"decisionId":"(d\d+)"/g),
  ].map(([, id]) => id!)

test('what a round asks grows with tenants and windows, not with keys or listeners', async () => {
  const { hub, asked, round, decide } = startWorld()
  for (let n = 0; n < 40; n += 1)
    for (const tenant of ['a', 'b']) hub.listen(topic({ tenant, locationIds: [`l${n}`] }), null, () => {})
  for (let n = 0; n < 200; n += 1) hub.listen(topic({}, n % 2 === 0 ? 'location' : 'region'), null, () => {})
  decide('l1')
  await round()
  Object.assign(asked, { counts: 0, feed: 0, rounds: 0 })
  await round()
  expect(asked).toEqual({ counts: 2, feed: 2, rounds: 1 })
  await hub.close()
})

test('all listeners of a topic get the same bytes, made once, whichever key they have', async () => {
  const { hub, counts, round } = startWorld()
  const heard: Buffer[][] = [[], []]
  hub.listen(topic({ regionIds: ['r1', 'r2'] }), null, (events) => heard[0]!.push(events))
  hub.listen(topic({ regionIds: ['r2', 'r1'] }), null, (events) => heard[1]!.push(events))
  await round()
  counts[0]!.won = 2
  await round()
  expect(heard[0]!.at(-1)!.toString()).toContain('"total":{"leads":4,"won":2,"rate":0.5}')
  expect(heard[1]!.at(-1)).toBe(heard[0]!.at(-1))
  await hub.close()
})

test('figures of other locations tell a topic nothing, and the same figures are not sent again', async () => {
  const { hub, counts, round } = startWorld()
  const heard: Buffer[] = []
  hub.listen(topic({ locationIds: ['l2'] }), null, (events) => heard.push(events))
  await round()
  counts[0]!.won = 3
  await round()
  await round()
  expect(heard.length).toBe(1)
  await hub.close()
})

test('one who joins between any two decisions hears each of his own once and in order', async () => {
  const { hub, decide, round } = startWorld()
  const all: Buffer[] = []
  hub.listen(topic(), null, (events) => all.push(events))
  const late: { from: number; heard: Buffer[] }[] = []
  for (let n = 1; n <= 12; n += 1) {
    decide(n % 3 === 0 ? 'l3' : 'l1')
    const heard: Buffer[] = []
    late.push({ from: n, heard })
    hub.listen(topic({ locationIds: ['l3'] }), { ms: n, seq: n }, (events) => heard.push(events))
    if (n % 4 === 0) await round()
  }
  await round()
  expect(idsIn(all)).toEqual(Array.from({ length: 12 }, (_, n) => `d${n + 1}`))
  for (const { from, heard } of late)
    expect(idsIn(heard)).toEqual(['d3', 'd6', 'd9', 'd12'].filter((id) => Number(id.slice(1)) > from))
  await hub.close()
})

test('who was away longer than memory reaches gets the newest of what he missed', async () => {
  const { hub, decide, round } = startWorld()
  for (let n = 0; n < 900; n += 1) decide(n % 300 === 0 ? 'l3' : 'l1')
  const heard: Buffer[] = []
  hub.listen(topic({ locationIds: ['l3'] }), { ms: 1, seq: 1 }, (events) => heard.push(events))
  await round()
  expect(idsIn(heard)).toEqual(['d301', 'd601'])
  await hub.close()
})

test('with the last listener the questions end', async () => {
  const { hub, asked, round } = startWorld()
  const leave = hub.listen(topic(), null, () => {})
  await round()
  leave()
  const before = { ...asked }
  await round()
  expect([asked, hub.count()]).toEqual([before, 0])
})
