import type { WriteWarning } from './delivery-steps.ts'
import type { EffectiveSettings } from './merge-settings.ts'
import { named } from './named.ts'
import type { Stage } from './opportunity-body.ts'

export type NamedPipeline = {
  id: string
  name: string
  stages: { id: string; name: string; position: number }[]
}

export type PickedStage = { stage: Stage; warning: WriteWarning | null }

/**
 * Pipeline and stage of these names; what is not there is replaced by the first that is, as a lead in the wrong stage is
 * worth more than none. Null when the location has no stage at all.
 */
export function pickStage(
  pipelines: readonly NamedPipeline[],
  wanted: Pick<EffectiveSettings, 'pipeline' | 'stage'>,
): PickedStage | null {
  const usable = pipelines.filter(({ stages }) => stages.length > 0)
  const pipeline = wanted.pipeline === null ? usable[0] : named(usable, wanted.pipeline)
  const stages = [...((pipeline ?? usable[0])?.stages ?? [])].sort((a, b) => a.position - b.position)
  const stage = pipeline && wanted.stage !== null ? named(stages, wanted.stage) : undefined
  const chosen = stage ?? stages[0]
  if (!chosen) return null
  const place = { pipelineId: (pipeline ?? usable[0])!.id, pipelineStageId: chosen.id }
  return { stage: place, warning: warningOf(pipeline !== undefined, wanted.stage === null || stage !== undefined) }
}

function warningOf(hasPipeline: boolean, hasStage: boolean): WriteWarning | null {
  if (!hasPipeline) return 'PIPELINE_NOT_FOUND'
  return hasStage ? null : 'STAGE_NOT_FOUND'
}
