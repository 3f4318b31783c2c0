import type { Clock } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { GhlClient } from '../ghl/stores/ghl-client.ts'
import type { LocationTokens } from '../ghl/stores/location-tokens.ts'
import type { WindowOptions } from './steps/search-window.ts'
import type { FrontDoor } from './stores/front-door.ts'
import type { KnownLeads } from './stores/known-leads.ts'
import type { Marks } from './stores/marks.ts'

export type ReconcileDeps = {
  /** Of bulk priority: fresh leads go first. */
  ghl: GhlClient
  tokens: Pick<LocationTokens, 'of'>
  marks: Marks
  leads: KnownLeads
  frontDoor: FrontDoor
  window: WindowOptions
  /** Once aborted, a comparison ends with the call that is under way. */
  stopping: AbortSignal
  /** Ends early at a stop. */
  pause: (ms: number) => Promise<void>
  clock: Clock
  log: Logger
}
