import type { DeliveryRefusal, DeliveryReplyOf } from '../../../contracts/delivery-request.ts'
import { classifyFault } from '../../ghl/steps/classify-fault.ts'
import { GhlFault } from '../../ghl/steps/ghl-fault.ts'

export type Refusal = DeliveryReplyOf<'refused'>

export const refused = (code: DeliveryRefusal, message: string): Refusal => ({ kind: 'refused', code, message })

/** What a person is told of a fault on the way: what to do, and nothing from inside. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof GhlFault)) {
    return refused('BUSY', 'Delivery could not reach a store; nothing was changed. Try again in a few seconds.')
  }
  const { kind, code } = classifyFault(error)
  if (code === 'GHL_NOT_CONNECTED')
    return refused(code, 'The agency is not connected to GoHighLevel: connect it first.')
  if (code === 'GHL_RECONNECT' || kind === 'reauthorise') {
    return refused('GHL_RECONNECT', 'GoHighLevel does not take our tokens any more: connect the agency again.')
  }
  if (code === 'GHL_RATE_LIMITED') {
    return refused(code, "The agency's share of GoHighLevel's limits is used up for now: try again in a minute.")
  }
  if (kind === 'retry') return refused('GHL_UNAVAILABLE', 'GoHighLevel does not answer: try again in a minute.')
  return refused('GHL_REFUSED', `GoHighLevel refused: ${error.message}`)
}
