import { createHash, hash } from 'node:crypto'

/**
 * A UUID (version 8, RFC 9562) from the sha256 of the parts: the same parts give the same id on every machine, which is
 * what makes a retry find what the first try wrote.
 */
export function derivedUuid(...parts: (string | number | Uint8Array)[]): string {
  const bytes = digest(parts).subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Texts are hashed at one call, which takes half the time. */
function digest(parts: readonly (string | number | Uint8Array)[]): Buffer {
  if (parts.every((part) => typeof part !== 'object')) return hash('sha256', `${parts.join('\0')}\0`, 'buffer')
  const running = createHash('sha256')
  for (const part of parts) running.update(typeof part === 'object' ? part : String(part)).update('\0')
  return running.digest()
}
