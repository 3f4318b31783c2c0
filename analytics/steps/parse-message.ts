import { Malformed } from './malformed.ts'

export type Check<T> = (value: unknown) => value is T

const decoder = new TextDecoder('utf-8', { fatal: true })
/** Escapes of surrogates: only these can bring half a character into a string of well-formed UTF-8. */
const surrogateEscape = /\\u[dD]/

/** Bytes of a stream to what its contract says. @throws Malformed */
export function parseMessage<T>(bytes: Uint8Array, check: Check<T>): T {
  const value = parseJson(bytes)
  if (!check(value)) throw new Malformed('breaks its contract')
  return value
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    const text = decoder.decode(bytes)
    return surrogateEscape.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text)
  } catch {
    throw new Malformed('not JSON')
  }
}

/** ClickHouse refuses a whole batch for one lone surrogate. */
const wellFormed = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? Buffer.from(value).toString() : value
