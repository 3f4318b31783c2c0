import type { Pipeline } from '../../ghl/steps/ghl-bodies.ts'
import type { Stage } from './opportunity-body.ts'

/** The first pipeline that has a stage, and its stage of the lowest position. Null when the location has none. */
export function firstStage(pipelines: Pipeline[]): Stage | null {
  for (const pipeline of pipelines) {
    const stages = [...(pipeline.stages ?? [])].sort((a, b) => (a.position ?? 0) - (b.position ?? 0))
    const first = stages[0]
    if (first) return { pipelineId: pipeline.id, pipelineStageId: first.id }
  }
  return null
}
