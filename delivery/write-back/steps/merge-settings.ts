import type { DeliverySettings } from '../../../contracts/delivery-settings.ts'

/** What is done for a lead of one sub-account, when all has been said. Null: not done, or the first that there is. */
export type EffectiveSettings = {
  pipeline: string | null
  stage: string | null
  note: boolean
  owner: boolean
  leadIdField: string | null
  workflow: string | null
}

export type ScopedSettings = {
  agency?: DeliverySettings | undefined
  region?: DeliverySettings | undefined
  location?: DeliverySettings | undefined
}

export const defaultSettings: EffectiveSettings = {
  pipeline: null,
  stage: null,
  note: true,
  owner: true,
  leadIdField: 'hexroute lead id',
  workflow: null,
}

/** For each field the nearest scope that says something. A stage belongs to its pipeline: whoever names one names both. */
export function mergeSettings({ agency, region, location }: ScopedSettings): EffectiveSettings {
  return [agency, region, location].reduce<EffectiveSettings>(over, defaultSettings)
}

function over(wider: EffectiveSettings, said: DeliverySettings | undefined): EffectiveSettings {
  if (!said) return wider
  const stage = said.pipeline === undefined ? wider.stage : null
  return { ...wider, stage, ...said }
}
