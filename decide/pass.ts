/** How far the chain of fallbacks has come: what was refused on one pass may be allowed on the next. */
export type Pass = {
  /** `nearest` candidates count up to this distance, metres. */
  reachM: number
  /** Soft caps refuse; in the overflow they yield. */
  softCapsRefuse: boolean
  /** Locations that had the lead before and are not asked again. */
  previousLocationIds: readonly string[]
}
