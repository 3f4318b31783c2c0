/**
 * Fingerprint of a set of UUIDs that does not depend on their order: exclusive or over both halves of each, a half read as
 * 64 bits. Decimal text of a signed 64-bit integer, as Postgres keeps it. An id that comes
 * an even number of times cancels out, so it is compared together with a count.
 */
export function idsXor(ids: Iterable<string>): string {
  const words = new Uint32Array(4)
  for (const id of ids) {
    words[0]! ^= Number.parseInt(id.slice(0, 8), 16)
    words[1]! ^= Number.parseInt(id.slice(9, 13) + id.slice(14, 18), 16)
    words[2]! ^= Number.parseInt(id.slice(19, 23) + id.slice(24, 28), 16)
    words[3]! ^= Number.parseInt(id.slice(28, 36), 16)
  }
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32BE((words[0]! ^ words[2]!) >>> 0, 0)
  bytes.writeUInt32BE((words[1]! ^ words[3]!) >>> 0, 4)
  return bytes.readBigInt64BE().toString()
}
