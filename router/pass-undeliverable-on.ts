import { Compile } from 'typebox/compile'
import { Delivery } from '../contracts/delivery.ts'
import type { Message } from '../kernel/consume-batches.ts'
import type { Logger } from '../kernel/logger.ts'
import type { LiveOrganisation } from './live-organisation.ts'
import type { RouteAgain } from './route-again.ts'
import { routeEach } from './route-each.ts'
import type { StoredLead } from './stores/stored-leads.ts'

export type UndeliverableDeps = {
  organisation: Pick<LiveOrganisation, 'isActive' | 'refresh'>
  readStored: (leadIds: readonly string[]) => Promise<StoredLead[]>
  routeAgain: RouteAgain
  log: Logger
}

const deliveryShape = Compile(Delivery)

/**
 * Leads that could not be written to their location are decided again, as if it were paused. A lead that was decided again
 * meanwhile, or has ended, stays as it is; so a message that comes twice does nothing the second time.
 */
export function createUndeliverableHandler(deps: UndeliverableDeps): (messages: Message[]) => Promise<void> {
  return async (messages) => {
    const parked = messages.flatMap((message) => readParked(message, deps.log))
    // The outage stands in the database before the message does: this router need not have looked since.
    if (parked.some(({ locationId }) => deps.organisation.isActive(locationId))) await deps.organisation.refresh()
    const open = await openLeads(deps, parked)
    const wishes = parked.flatMap(({ leadId, attempt }) =>
      open.has(leadId) ? [{ leadId, attempt, kind: 'undeliverable' as const }] : [],
    )
    const failed = new Set((await routeEach(deps.routeAgain, wishes, deps.log)).failed.map(({ leadId }) => leadId))
    const again = new Set(parked.flatMap(({ leadId, message }) => (failed.has(leadId) ? [message] : [])))
    for (const message of messages) {
      if (again.has(message)) message.nak(RETRY_DELAY_MS)
      else message.ack()
    }
  }
}

const RETRY_DELAY_MS = 2_000

type Parked = Pick<Delivery, 'leadId' | 'attempt' | 'locationId'> & { message: Message }

/** What is no record of delivery can never be acted on. */
function readParked(message: Message, log: Logger): Parked[] {
  try {
    const value = message.json<unknown>()
    if (deliveryShape.Check(value)) return value.state === 'parked' ? [{ ...value, message }] : []
  } catch {
    // Told below.
  }
  log.error({ subject: message.subject, seq: message.seq }, 'not a record of delivery')
  return []
}

async function openLeads({ readStored }: UndeliverableDeps, parked: readonly Parked[]): Promise<Set<string>> {
  const stored = await readStored(parked.map(({ leadId }) => leadId))
  return new Set(stored.filter(({ status }) => status === 'open').map(({ lead }) => lead.leadId))
}
