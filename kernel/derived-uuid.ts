import { createHash, hash } from 'node:crypto'

/**
 * A UUID (version 8, RFC 9562) from the sha256 of the parts: the same parts give the same id on every machine, which is
 * what makes a retry find what the first try wrote.
 */
export function derivedUuid(...parts: (string | number | Uint8Array)[]): string {
  const hex = digest(parts)
  const variant = VARIANTS[Number.parseInt(hex[16]!, 16) & 3]!
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const VARIANTS = '89ab'

/** Texts are hashed at one call, which takes half the time. */
function digest(parts: readonly (string | number | Uint8Array)[]): string {
  if (parts.every((part) => typeof part !== 'object')) return hash('sha256', `${parts.join('\0')}\0`, 'hex')
  const running = createHash('sha256')
  for (const part of parts) running.update(typeof part === 'object' ? part : String(part)).update('\0')
  return running.digest('hex')
}
