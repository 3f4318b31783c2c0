import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** What `HEXROUTE_SECRET_KEY` must look like: 32 bytes in base64. For the schema of an `env.ts`. */
export const secretKeyPattern = '^[A-Za-z0-9+/]{43}=$'

const FORMAT = 1
const IV_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = 1 + IV_BYTES + TAG_BYTES

/**
 * Encrypts a stored secret with AES-256-GCM: format byte, 12 bytes IV, 16 bytes tag, ciphertext. The format byte lets a
 * later key or cipher be told from this one. `key` is the base64 text of `HEXROUTE_SECRET_KEY`.
 */
export function seal(key: string, text: string): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyBytes(key), iv)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.from([FORMAT]), iv, cipher.getAuthTag(), sealed])
}

/** @throws when the bytes were sealed under another key, altered, or cut. */
export function unseal(key: string, bytes: Uint8Array): string {
  const sealed = Buffer.from(bytes)
  if (sealed.length < HEAD_BYTES || sealed[0] !== FORMAT) throw new Error('sealed secret has an unknown format')
  const decipher = createDecipheriv('aes-256-gcm', keyBytes(key), sealed.subarray(1, 1 + IV_BYTES))
  decipher.setAuthTag(sealed.subarray(1 + IV_BYTES, HEAD_BYTES))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]).toString('utf8')
  } catch {
    throw new Error('sealed secret does not open: HEXROUTE_SECRET_KEY differs from the one it was sealed under')
  }
}

function keyBytes(key: string): Buffer {
  const bytes = Buffer.from(key, 'base64')
  if (bytes.length !== 32) throw new Error('HEXROUTE_SECRET_KEY must be 32 bytes in base64')
  return bytes
}
