import { expect, test } from 'vitest'
import { createLocationLanes, type LocationLanesOptions } from './location-lanes.ts'

type Item = { location: string; name: string }

/** Lanes whose items end when the test says so. */
function bench(options: Partial<LocationLanesOptions<Item>> = {}) {
  const started: string[] = []
  const givenBack: [string, number][] = []
  const ends = new Map<string, () => void>()
  const lanes = createLocationLanes<Item>({
    slotsMax: 4,
    slotsPerLocationMax: 2,
    queueMax: 3,
    heldMax: 5,
    callsOf: () => 1,
    roomInMs: () => 0,
    paceMs: () => 0,
    pacedFrom: 100,
    run: ({ name }) => {
      started.push(name)
      return new Promise((resolve) => ends.set(name, resolve))
    },
    giveBack: ({ name }, delayMs) => givenBack.push([name, delayMs]),
    ...options,
  })
  const push = (location: string, ...names: string[]) => names.map((name) => lanes.push(location, { location, name }))
  const end = async (name: string) => {
    ends.get(name)!()
    await new Promise(setImmediate)
  }
  return { lanes, started, givenBack, push, end }
}

test('a location that hangs holds its own slots only', async () => {
  const { started, push } = bench()
  push('slow', 's1', 's2', 's3')
  push('quick', 'q1', 'q2')
  expect(started).toEqual(['s1', 's2', 'q1', 'q2'])
})

test('what waits starts in order as slots come free, lanes in turn', async () => {
  const { started, push, end } = bench({ slotsMax: 1 })
  push('a', 'a1', 'a2', 'a3')
  push('b', 'b1')
  await end('a1')
  await end('a2')
  await end('b1')
  expect(started).toEqual(['a1', 'a2', 'b1', 'a3'])
})

test('more than a lane holds goes back to the stream, and everything when the location rests', () => {
  const { lanes, started, givenBack, push } = bench()
  push('a', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6')
  expect(givenBack).toEqual([['a6', expect.any(Number)]])
  expect(givenBack[0]![1]).toBeGreaterThanOrEqual(30_000)
  lanes.rest('a', 9_000)
  push('a', 'a7')
  push('b', 'b1')
  expect(givenBack.slice(1, 4)).toEqual([
    ['a3', 9_000],
    ['a4', 9_000],
    ['a5', 9_000],
  ])
  expect(givenBack[4]![0]).toBe('a7')
  expect(givenBack[4]![1]).toBeGreaterThan(8_000)
  expect(started).toEqual(['a1', 'a2', 'b1'])
})

test('all lanes together hold no more than memory is given for', () => {
  const { givenBack, push } = bench()
  for (const lane of ['a', 'b', 'c']) push(lane, ...[1, 2, 3, 4, 5].map((n) => `${lane}${n}`))
  expect(givenBack.map(([name]) => name)).toEqual(['b5', 'c1', 'c2', 'c3', 'c4', 'c5'])
})

test('an item waits for room in the limit without holding a slot', async () => {
  let roomInMs = 20
  const { started, push } = bench({ roomInMs: (location) => (location === 'full' ? roomInMs : 0) })
  push('full', 'f1')
  push('free', 'g1')
  expect(started).toEqual(['g1'])
  roomInMs = 0
  await expect.poll(() => started).toEqual(['g1', 'f1'])
})

test('a long lane keeps to the pace of the limit, a short one does not', async () => {
  for (const [pacedFrom, expected] of [
    [1, ['l1', 's1']],
    [2, ['l1', 's1', 'l2']],
  ] as const) {
    const { lanes, started, push, end } = bench({ pacedFrom, paceMs: () => 60_000, slotsPerLocationMax: 1 })
    push('long', 'l1', 'l2', 'l3')
    push('short', 's1')
    await end('l1')
    expect(started).toEqual(expected)
    const drained = lanes.drain()
    for (const name of started.slice(1)) await end(name)
    await drained
  }
})

test('draining gives back what waits and lets what runs end', async () => {
  const { lanes, givenBack, push, end } = bench()
  push('a', 'a1', 'a2', 'a3')
  const drained = lanes.drain()
  expect(givenBack).toEqual([['a3', 0]])
  push('a', 'a4')
  expect(givenBack).toEqual([
    ['a3', 0],
    ['a4', 0],
  ])
  await end('a1')
  await end('a2')
  await drained
})
