import { createHmac } from 'node:crypto'

/**
 * A secret that two processes with the same key both know without a setting of its own: the hexadecimal HMAC-SHA256 of
 * `purpose` under the key's text. `printf PURPOSE | openssl dgst -sha256 -hmac "$KEY"` gives the same.
 */
export const derivedSecret = (key: string, purpose: string): string =>
  createHmac('sha256', key).update(purpose).digest('hex')
