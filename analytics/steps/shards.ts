/** Streams in the order of their names, dealt out to `count` shards in turn: every process cuts the same. */
export function toShards<T extends { stream: string }>(lanes: T[], count: number): T[][] {
  const ordered = [...lanes].sort((a, b) => (a.stream < b.stream ? -1 : 1))
  return Array.from({ length: count }, (_, shard) => ordered.filter((_lane, n) => n % count === shard))
}
