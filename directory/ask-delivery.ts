import type { DeliveryReply, DeliveryReplyOf, DeliveryRequest } from '../contracts/delivery-request.ts'
import { problems } from './problems.ts'
import type { AskDelivery } from './stores/delivery-link.ts'

type Wanted = Exclude<DeliveryReply['kind'], 'refused'>

/** Delivery's answer of the wanted kind, or its refusal as a problem. */
export async function askDelivery<K extends Wanted>(
  ask: AskDelivery,
  request: DeliveryRequest,
  wanted: K,
): Promise<DeliveryReplyOf<K>> {
  const reply = await ask(request)
  if (!reply) throw new problems.unavailable('Delivery does not answer. Is it running? Try again in a few seconds.')
  if (reply.kind === 'refused') throw problemOf(reply)
  if (reply.kind !== wanted) throw new Error(`delivery answered ${reply.kind} to ${request.kind}`)
  return reply as DeliveryReplyOf<K>
}

function problemOf({ code, message }: DeliveryReplyOf<'refused'>): Error {
  switch (code) {
    case 'GHL_NOT_CONNECTED':
      return new problems.ghlNotConnected(message)
    case 'GHL_RECONNECT':
      return new problems.ghlReconnect(message)
    case 'GHL_CODE_REFUSED':
      return new problems.ghlCodeRefused(message)
    case 'GHL_OTHER_AGENCY':
      return new problems.ghlOtherAgency(message)
    case 'GHL_REFUSED':
      return new problems.ghlRefused(message)
    case 'GHL_RATE_LIMITED':
      return new problems.ghlRateLimited(message)
    case 'GHL_UNAVAILABLE':
      return new problems.ghlUnavailable(message)
    case 'NO_SUCH_CHANNEL':
      return new problems.notFound('channel')
    case 'NOT_SENT':
      return new problems.notSent(message)
    case 'BUSY':
      return new problems.unavailable(message)
  }
}
