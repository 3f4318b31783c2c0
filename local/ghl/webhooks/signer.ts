import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { uuidFor } from '../people/draw.ts'
import type { Hook } from '../record/state.ts'

export type SignedRequest = { body: string; headers: Record<string, string> }
export type Signer = (hook: Hook) => SignedRequest

/** Ed25519, base64, over the bytes of the body: the header `X-GHL-Signature`. */
export function createSigner(privateKeyPem: string): Signer {
  const key = createPrivateKey(privateKeyPem)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('the private key is not an Ed25519 key')
  const stranger = generateKeyPairSync('ed25519').privateKey
  return (hook) => {
    const headers = { 'content-type': 'application/json', 'user-agent': 'axios/1.13.2' }
    if (hook.kind === 'forged') return forge(hook, key, stranger, headers)
    return { body: hook.body, headers: { ...headers, 'x-ghl-signature': signature(hook.body, key) } }
  }
}

/** The four ways in which a webhook fails authenticity; each id has its own for ever. */
function forge(hook: Hook, key: KeyObject, stranger: KeyObject, headers: Record<string, string>): SignedRequest {
  switch (Number.parseInt(uuidFor('forgery', hook.webhookId)[0]!, 16) % 4) {
    case 0:
      return { body: hook.body, headers: { ...headers, 'x-ghl-signature': signature(hook.body, stranger) } }
    case 1:
      return { body: hook.body, headers }
    case 2:
      return { body: hook.body, headers: { ...headers, 'x-ghl-signature': 'N/A' } }
    default:
      return {
        body: hook.body.replace(/"timestamp":"2/, '"timestamp":"1'),
        headers: { ...headers, 'x-ghl-signature': signature(hook.body, key) },
      }
  }
}

const signature = (body: string, key: KeyObject): string => sign(null, Buffer.from(body), key).toString('base64')
