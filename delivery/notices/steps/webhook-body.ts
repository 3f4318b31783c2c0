import type { Message } from './message.ts'
import type { Told } from './tell-notice.ts'

type Payload = { type: string; timestamp: string; data: object }

/** As the Standard Webhooks specification has it: type, time of the event, data. */
export function webhookBody({ items }: Message): Payload {
  const [first] = items
  if (items.length === 1) return payloadOf(first!)
  return { type: 'notice.digest', timestamp: items.at(-1)!.at, data: { notices: items.map(payloadOf) } }
}

const payloadOf = ({ event, at, fields }: Told): Payload => ({ type: event, timestamp: at, data: fields })
