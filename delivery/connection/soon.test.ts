import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Again, createSoon } from './soon.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Each run of `work` answers the next of these, and null after the last. */
function recorded(...answers: Again[]) {
  const runs: [key: string, failedBefore: number][] = []
  const soon = createSoon(5_000, async (key, failedBefore) => {
    runs.push([key, failedBefore])
    return answers.shift() ?? null
  })
  return { soon, runs }
}

test('many wishes for one agency are one run, once it is quiet', async () => {
  const { soon, runs } = recorded()
  for (let wish = 0; wish < 100; wish += 1) {
    soon.want('agency')
    await vi.advanceTimersByTimeAsync(1_000)
  }
  soon.want('other')
  expect(runs).toEqual([])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(runs).toEqual([
    ['agency', 0],
    ['other', 0],
  ])
})

test('what could not be done is done again after its pause, until it is done', async () => {
  const { soon, runs } = recorded(60_000, 120_000)
  soon.want('agency')
  await vi.advanceTimersByTimeAsync(64_999)
  expect(runs).toEqual([['agency', 0]])
  await vi.advanceTimersByTimeAsync(120_001)
  expect(runs).toEqual([0, 1, 2].map((failedBefore) => ['agency', failedBefore]))
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(runs).toHaveLength(3)
})

test('a new wish does not wait for the pause of a failed run', async () => {
  const { soon, runs } = recorded(3_600_000)
  soon.want('agency')
  await vi.advanceTimersByTimeAsync(6_000)
  soon.want('agency')
  await vi.advanceTimersByTimeAsync(6_000)
  expect(runs).toEqual([
    ['agency', 0],
    ['agency', 0],
  ])
})

test('after the end nothing begins, also not by a run that was under way', async () => {
  let finish: (again: Again) => void = () => undefined
  const work = vi.fn(
    () =>
      new Promise<Again>((resolve) => {
        finish = resolve
      }),
  )
  const soon = createSoon(5_000, work)
  soon.want('agency')
  await vi.advanceTimersByTimeAsync(5_000)
  soon.stop()
  finish(1_000)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(work).toHaveBeenCalledTimes(1)
})
