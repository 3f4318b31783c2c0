import type { Metrics } from '../kernel/metrics.ts'
import { encodeEvent } from './steps/encode-event.ts'
import type { Envelope } from './steps/to-event.ts'
import type { PublishEvent } from './stores/publish-event.ts'
import type { SeenEvents } from './stores/seen-events.ts'

/** What the 7-day memory does for an event: `ask` looks it up and remembers it, `write` remembers, `none` neither. */
export type Memory = 'ask' | 'write' | 'none'

export type Acceptance =
  | { kind: 'accepted'; duplicate: boolean }
  | { kind: 'refused'; code: 'OVERLOADED' | 'NOT_STORED' | 'BODY_TOO_LARGE'; detail?: string }

export type AcceptEvent = (envelope: Envelope, raw: Uint8Array, memory: Memory) => Promise<Acceptance>

export type AcceptDeps = {
  publish: PublishEvent
  seen: Pick<SeenEvents, 'has' | 'add'>
  inFlightMax: number
  metrics: Metrics
}

/** The last step of both webhook kinds: `accepted` is said only after JetStream acknowledged, now or at a first delivery. */
export function createAcceptEvent({ publish, seen, inFlightMax, metrics }: AcceptDeps): AcceptEvent {
  const latency = metrics.seconds('ingest_publish_seconds', 'from publish to the JetStream acknowledgement')
  const gauge = metrics.gauge('ingest_in_flight', 'events that wait for their acknowledgement')
  let inFlight = 0

  const store = async (envelope: Envelope, raw: Uint8Array, memory: Memory): Promise<Acceptance> => {
    if (memory === 'ask' && (await seen.has(envelope.eventId))) return { kind: 'accepted', duplicate: true }
    const startedMs = performance.now()
    const stored = await publish(envelope, encodeEvent(envelope, raw))
    latency.observe((performance.now() - startedMs) / 1_000)
    if (stored.kind === 'too-large') return { kind: 'refused', code: 'BODY_TOO_LARGE' }
    if (memory !== 'none') seen.add(envelope.eventId)
    return { kind: 'accepted', duplicate: stored.duplicate }
  }

  return async (envelope, raw, memory) => {
    if (inFlight >= inFlightMax) return { kind: 'refused', code: 'OVERLOADED' }
    gauge.set(++inFlight)
    try {
      return await store(envelope, raw, memory)
    } catch (error) {
      return { kind: 'refused', code: 'NOT_STORED', detail: (error as Error).message }
    } finally {
      gauge.set(--inFlight)
    }
  }
}
