import { createHash } from 'node:crypto'

/** Uniform numbers in [0, 1) that depend on the parts only, never on what was drawn elsewhere before. */
export type Draw = () => number

/** mulberry32 seeded by a hash: 2^32 states are plenty for the dozen draws of one person. */
export function drawFor(...parts: (string | number)[]): Draw {
  let state = digest(parts).readUInt32LE(0)
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const pick = <T>(draw: Draw, from: readonly T[]): T => from[Math.floor(draw() * from.length)]!

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** 20 characters of base62, as GHL's ids of contacts, opportunities and sub-accounts look. */
export function entityId(...parts: (string | number)[]): string {
  let id = ''
  for (const byte of digest(parts).subarray(0, 20)) id += BASE62[byte % 62]
  return id
}

/** A UUID of version 4's shape, as GHL's webhook and stage ids look. */
export function uuidFor(...parts: (string | number)[]): string {
  const hex = digest(parts).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const digest = (parts: (string | number)[]): Buffer => createHash('sha256').update(parts.join('\0')).digest()
