import { duplicateWindowMs } from '../../contracts/streams.ts'
import { clockSkewMsMax } from './read-time.ts'

/**
 * Whether JetStream may have forgotten a first delivery of this event. What was emitted within its window cannot have
 * been stored before it, so for nearly all webhooks the answer is no, and no database is asked.
 */
export function needsLookup(emittedMs: number | null, nowMs: number): boolean {
  return emittedMs === null || nowMs - emittedMs > duplicateWindowMs - clockSkewMsMax
}
