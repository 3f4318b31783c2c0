import type { Envelope } from './to-event.ts'

const CLOSING_BRACE = 0x7d

/**
 * The event as it is published. The payload is the raw body itself, not a second serialisation of it: nothing is rounded
 * or reordered, and 1 MiB in stays 1 MiB out.
 */
export function encodeEvent(envelope: Envelope, raw: Uint8Array): Uint8Array {
  const head = `${JSON.stringify(envelope).slice(0, -1)},"payload":`
  const headBytes = Buffer.byteLength(head)
  const message = Buffer.allocUnsafe(headBytes + raw.length + 1)
  message.write(head)
  message.set(raw, headBytes)
  message[headBytes + raw.length] = CLOSING_BRACE
  return message
}
