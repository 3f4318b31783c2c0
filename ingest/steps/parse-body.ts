import { isUtf8 } from 'node:buffer'
import { parse } from 'secure-json-parse'

export type Body = Record<string, unknown>
export type Parsed =
  | { kind: 'object'; body: Body }
  | { kind: 'unparseable'; reason: 'not-utf8' | 'too-deep' | 'not-json' | 'not-an-object' }

/** GHL nests 6 deep. Everything after the gateway walks bodies recursively, so depth is bounded here, once. */
const DEPTH_MAX = 64

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Parses once, for all. Keys that would change a prototype (`__proto__`, `constructor.prototype`) make it no JSON. */
export function parseBody(bytes: Buffer): Parsed {
  if (!isUtf8(bytes)) return { kind: 'unparseable', reason: 'not-utf8' }
  if (nestsDeeperThan(bytes, DEPTH_MAX)) return { kind: 'unparseable', reason: 'too-deep' }
  const text = bytes.toString('utf8')
  // The parser would skip a byte order mark, but the bytes are stored as they came.
  if (text.charCodeAt(0) === 0xfeff) return { kind: 'unparseable', reason: 'not-json' }
  try {
    const value: unknown = parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { kind: 'unparseable', reason: 'not-an-object' }
    }
    return { kind: 'object', body: value as Body }
  } catch {
    return { kind: 'unparseable', reason: 'not-json' }
  }
}

/** Counts open brackets outside of strings; 2 microseconds per KiB. `{`=0x7b `[`=0x5b, closed by `}`=0x7d `]`=0x5d. */
function nestsDeeperThan(bytes: Uint8Array, max: number): boolean {
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) at = endOfString(bytes, at)
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > max) return true
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
  return false
}

function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}
