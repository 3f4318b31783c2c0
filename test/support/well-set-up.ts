import type { DeliverySettings } from '../../contracts/delivery-settings.ts'
import { type DeliveryBench, tenant } from './delivery-bench.ts'

/** A user of every sub-account, with an id as GHL gives them. */
export const ownerId = 'Abcdefghij0123456789'
export const workflowOf = (locationId: string): string => `workflow-${locationId}`

export const pipelines = [
  { name: 'Service', stages: ['Asked'] },
  { name: 'Sales', stages: ['New Lead', 'Contacted'] },
]

export type Sorts = { allowDuplicateContact?: boolean; allowDuplicateOpportunity?: boolean }

/** Sub-accounts with two pipelines, a workflow and a user; how they are, is said for each. */
export async function setUp(bench: DeliveryBench, locations: Record<string, Sorts>): Promise<void> {
  await bench.simulator.call('PUT', '/_sim/organisation', {
    companyId: tenant,
    locations: Object.entries(locations).map(([id, sorts]) => ({
      ...{ id, name: id, intake: false, ...sorts },
      pipelines,
      workflows: [{ id: workflowOf(id), name: 'Welcome', status: 'published' }],
      users: [{ id: ownerId, name: 'Ann', email: 'ann@example.com' }],
    })),
  })
}

export async function say(
  bench: DeliveryBench,
  scope: 'agency' | 'region' | 'location',
  scopeId: string,
  settings: DeliverySettings,
): Promise<void> {
  await bench.pool.query(
    `INSERT INTO hexroute.delivery_settings (tenant, scope, scope_id, settings) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant, scope, scope_id) DO UPDATE SET settings = excluded.settings, updated_at = now()`,
    [tenant, scope, scopeId, settings],
  )
}
