import { Webhook } from 'standardwebhooks'

/** Standard Webhooks: the id stays the same through all tries, the time is that of the try. `secret` begins with `whsec_`. */
export function webhookHeaders(secret: string, messageId: string, nowMs: number, body: string): Record<string, string> {
  const at = new Date(nowMs)
  return {
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(nowMs / 1_000)),
    'webhook-signature': new Webhook(secret).sign(messageId, at, body),
  }
}
