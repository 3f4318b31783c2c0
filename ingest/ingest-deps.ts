import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Metrics } from '../kernel/metrics.ts'
import type { Check } from '../kernel/ops-routes.ts'
import type { KnownOrganisation } from './stores/known-organisation.ts'
import type { PublishEvent } from './stores/publish-event.ts'
import type { SeenEvents } from './stores/seen-events.ts'

/** What the gateway is built from: main.ts passes the real things. */
export type IngestDeps = {
  publish: PublishEvent
  seen: Omit<SeenEvents, 'stop'>
  known: Omit<KnownOrganisation, 'stop'>
  /** Raw Ed25519 public keys. */
  publicKeys: readonly Uint8Array[]
  /** Null: there is no app. */
  appId: string | null
  /** Hex sha256 of the secret of `/webhooks/reconcile`; null: there is no such route. */
  reconcileSecretSha256: string | null
  inFlightMax: number
  connectionsMax: number
  eventLoopDelayMsMax: number
  checks: Record<string, Check>
  clock: Clock
  metrics: Metrics
  log: Logger
}
