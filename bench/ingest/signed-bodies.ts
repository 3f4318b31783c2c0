import { createPrivateKey, randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'

export const benchLocation = 'Lx8Qm2VtR4nK9bYw1sZa'
export const benchAppId = '6a11f0c2b7d94e3fa0c51d27'

export type SignedBody = { body: string; headers: Record<string, string> }

const template = readFileSync(new URL('../../test/fixtures/ghl/webhooks/ContactCreate.json', import.meta.url), 'utf8')

/** Distinct new leads as the platform sends them, signed beforehand: the sender's cost stays out of the measurement. */
export function signedBodies(count: number, privateKeyPem: string): SignedBody[] {
  const key = createPrivateKey(privateKeyPem)
  const contact = JSON.parse(template) as Record<string, unknown>
  const timestamp = new Date().toISOString()
  return Array.from({ length: count }, () => {
    const body = JSON.stringify({ ...contact, timestamp, webhookId: randomUUID() })
    const signature = sign(null, Buffer.from(body), key).toString('base64')
    return { body, headers: { 'content-type': 'application/json', 'x-ghl-signature': signature } }
  })
}
