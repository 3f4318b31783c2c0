import { type RedisServer, useCapacity } from './capacity-rig.ts'
import { givingBackKeepsItsPromises } from './giving-back.ts'
import { reservingKeepsItsPromises } from './reserving.ts'

/** What the counters promise, whatever Redis they live in. */
export function capacityKeepsItsPromises(start: () => Promise<RedisServer>): void {
  const rig = useCapacity(start)
  reservingKeepsItsPromises(rig)
  givingBackKeepsItsPromises(rig)
}
