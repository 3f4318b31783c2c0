import { createHash } from 'node:crypto'

/**
 * A UUID (version 8, RFC 9562) from the sha256 of the parts: the same parts give the same id on every machine, which is
 * what makes a retry find what the first try wrote.
 */
export function derivedUuid(...parts: (string | number | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(typeof part === 'object' ? part : String(part)).update('\0')
  const bytes = hash.digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
