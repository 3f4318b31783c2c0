import { expect, test } from 'vitest'
import { pickStage } from './pick-stage.ts'
import { retryDelayMs } from './retry-delay.ts'

const sales = {
  id: 'p1',
  name: 'Sales',
  stages: [
    { id: 's2', name: 'Contacted', position: 1 },
    { id: 's1', name: 'New Lead', position: 0 },
  ],
}
const service = { id: 'p2', name: 'Service', stages: [{ id: 's3', name: 'Asked', position: 0 }] }
const empty = { id: 'p0', name: 'Empty', stages: [] }
const all = [empty, sales, service]
const first = { pipelineId: 'p1', pipelineStageId: 's1' }

test('without names an opportunity starts in the first pipeline that has a stage, at its lowest position', () => {
  expect(pickStage(all, { pipeline: null, stage: null })).toEqual({ stage: first, warning: null })
  expect(pickStage([empty], { pipeline: null, stage: null })).toBeNull()
  expect(pickStage([], { pipeline: 'Sales', stage: 'New Lead' })).toBeNull()
})

test('pipeline and stage are found by name, upper and lower case and spaces alike', () => {
  expect(pickStage(all, { pipeline: ' service', stage: null })?.stage).toEqual({
    pipelineId: 'p2',
    pipelineStageId: 's3',
  })
  expect(pickStage(all, { pipeline: 'SALES', stage: 'contacted ' })).toEqual({
    stage: { pipelineId: 'p1', pipelineStageId: 's2' },
    warning: null,
  })
  expect(pickStage(all, { pipeline: null, stage: 'Contacted' })?.stage.pipelineStageId).toBe('s2')
})

test('a name that is not there costs no lead: the first takes its place, with a stable code', () => {
  expect(pickStage(all, { pipeline: 'Roofs', stage: 'New Lead' })).toEqual({
    stage: first,
    warning: 'PIPELINE_NOT_FOUND',
  })
  expect(pickStage(all, { pipeline: 'Empty', stage: null })?.warning).toBe('PIPELINE_NOT_FOUND')
  expect(pickStage(all, { pipeline: 'Sales', stage: 'Hot' })).toEqual({ stage: first, warning: 'STAGE_NOT_FOUND' })
})

test('tries are 1, 2, 4 ... 60 s apart, less a fifth at most', () => {
  expect([1, 2, 3, 6, 7, 1_000].map((tries) => retryDelayMs(tries, 0))).toEqual([
    1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
  ])
  expect(retryDelayMs(1, 0.999)).toBe(800)
})
