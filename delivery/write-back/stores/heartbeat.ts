/** Parts of a round: 2,000 messages at once would be 20 ms in which nothing else leaves this process. */
const PARTS = 20

/**
 * Tells JetStream of each message in hand that it is being worked on, once in `everyMs` or so, some at a time. What is added
 * or taken out meanwhile may wait for twice as long.
 */
export function createHeartbeat(
  held: ReadonlyMap<number, { working: () => void }>,
  everyMs: number,
): { stop: () => void } {
  let round = held.values()
  const timer = setInterval(() => {
    for (let left = Math.ceil(held.size / PARTS); left > 0; left -= 1) {
      const next = round.next()
      if (next.done) {
        round = held.values()
        return
      }
      next.value.working()
    }
  }, everyMs / PARTS)
  return { stop: () => clearInterval(timer) }
}
