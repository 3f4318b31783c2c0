import { Malformed } from './malformed.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const MS_MAX = Date.UTC(2100, 0, 1)
/** As the stages write it, on a day that every month has: without a Date, a seventh of the time; a row has up to five. */
const plainTime =
  /^(?:19[7-9]|20\d)\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

/**
 * ISO 8601 to ClickHouse's `2026-01-31 23:59:59.999`. Years outside 1970 to 2100 are moved to the edge: ClickHouse would
 * wrap them, and one absurd date must not put a lead into another century's partition.
 */
export function clickhouseTime(iso: string): string {
  if (plainTime.test(iso)) return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`
  const ms = Date.parse(iso)
  if (Number.isNaN(ms)) throw new Malformed('not a time')
  return new Date(Math.min(Math.max(ms, 0), MS_MAX)).toISOString().slice(0, 23).replace('T', ' ')
}

export function uuid(value: string): string {
  if (!UUID.test(value)) throw new Malformed('not a UUID')
  return value.toLowerCase()
}

/** A whole number that fits an unsigned column of `bits`. */
export function unsigned(value: number, bits: 16 | 32): number {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits) throw new Malformed(`not a UInt${bits}`)
  return value
}

/** An H3 index in hexadecimal as the decimal text of a UInt64; JSON numbers end at 2^53. */
export function cellNumber(hex: string | null): string {
  if (hex === null) return '0'
  if (!/^[0-9a-f]{1,16}$/i.test(hex)) throw new Malformed('not an H3 cell')
  return BigInt(`0x${hex}`).toString()
}
