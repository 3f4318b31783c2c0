import type { Territory } from '../../contracts/ruleset.ts'

const METRES_PER_MILE = 1_609.344

/** Metres of a radius that may be written in any of three units; the lint keeps out what says none or several. */
export const radiusM = (radius: Extract<Territory, { kind: 'radius' }>): number =>
  radius.radiusM ?? (radius.radiusKm ?? 0) * 1_000 + (radius.radiusMi ?? 0) * METRES_PER_MILE
