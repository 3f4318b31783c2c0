import type { Clock } from '../kernel/clock.ts'
import type { LiveOrganisation } from './live-organisation.ts'
import type { Capacity } from './stores/capacity.ts'
import type { FactStore } from './stores/fact-store.ts'
import type { LeadStore } from './stores/lead-store.ts'

/** What routing a batch needs of the world. */
export type RouteDeps = {
  organisation: LiveOrganisation
  capacity: Capacity
  leads: LeadStore
  engagementOf: FactStore['engagementOf']
  /** Location -> held leads that wait for it. */
  waiting: (tenant: string) => Record<string, number>
  clock: Clock
}
