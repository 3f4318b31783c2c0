import { expect, test } from 'vitest'
import { firstStage } from './first-stage.ts'
import { retryDelayMs } from './retry-delay.ts'

test('a new opportunity starts in the first pipeline that has a stage, at its lowest position', () => {
  const stages = [
    { id: 's2', position: 1 },
    { id: 's1', position: 0 },
  ]
  expect(firstStage([{ id: 'empty', stages: [] }, { id: 'bare' }, { id: 'p1', stages }])).toEqual({
    pipelineId: 'p1',
    pipelineStageId: 's1',
  })
  expect(firstStage([])).toBeNull()
})

test('tries are 1, 2, 4 ... 60 s apart, less a fifth at most', () => {
  expect([1, 2, 3, 6, 7, 1_000].map((tries) => retryDelayMs(tries, 0))).toEqual([
    1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
  ])
  expect(retryDelayMs(1, 0.999)).toBe(800)
})
