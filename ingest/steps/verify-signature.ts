import { createPublicKey } from 'node:crypto'
import sodium from 'sodium-native'

export type Verdict = 'good' | 'missing' | 'wrong'

const SIGNATURE_BYTES = 64
const SIGNATURE_BASE64_CHARS = 88

/**
 * Ed25519 over the raw body, against every key of the list so that a key can be rotated. The platform writes `N/A` where
 * it did not sign. libsodium verifies twice as fast as node:crypto.
 */
export function verifySignature(body: Uint8Array, header: string | undefined, keys: readonly Uint8Array[]): Verdict {
  if (header === undefined || header === '' || header === 'N/A') return 'missing'
  if (header.length !== SIGNATURE_BASE64_CHARS) return 'wrong'
  const signature = Buffer.from(header, 'base64')
  if (signature.length !== SIGNATURE_BYTES) return 'wrong'
  for (const key of keys) if (sodium.crypto_sign_verify_detached(signature, body, key)) return 'good'
  return 'wrong'
}

/** The raw 32-byte keys in a text of PEM blocks. @throws when there is none, or one that is no Ed25519 key. */
export function readPublicKeys(text: string): Uint8Array[] {
  const pem = text.replaceAll('\\n', '\n').match(/-----BEGIN PUBLIC KEY-----[\s\S]+?-----END PUBLIC KEY-----/g)
  if (!pem) throw new Error('no "BEGIN PUBLIC KEY" block in it')
  return pem.map((block, index) => {
    const { kty, crv, x } = readBlock(block, index + 1).export({ format: 'jwk' })
    if (kty !== 'OKP' || crv !== 'Ed25519' || !x) throw new Error(`key ${index + 1} is not an Ed25519 key`)
    return Buffer.from(x, 'base64url')
  })
}

function readBlock(block: string, position: number): ReturnType<typeof createPublicKey> {
  try {
    return createPublicKey(block)
  } catch {
    throw new Error(`key ${position} cannot be read`)
  }
}
