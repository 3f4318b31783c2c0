import type { Memory } from './accept-event.ts'
import { needsLookup } from './steps/needs-lookup.ts'
import type { Received } from './steps/to-event.ts'

/** A parked event is not remembered: sent again after its sub-account was taken in, it is to be acted on. */
export function memoryFor({ envelope, emittedMs }: Received, nowMs: number): Memory {
  if (envelope.parked !== null) return 'none'
  return needsLookup(emittedMs, nowMs) ? 'ask' : 'write'
}
