/** The JetStream streams and the subjects on them: the only place where their names are written. */

const DAY_MS = 86_400_000
const GIB = 1024 ** 3

export type StreamDefinition = {
  name: string
  subjects: string[]
  /** Bytes on disk; at the limit publishes are refused (`discard: new`), which the gateway turns into 429. */
  bytesMax: number
  ageMaxMs: number
  duplicateWindowMs: number
}

/** JetStream forgets message ids after this; older resends are caught by the `seen_events` table. */
export const duplicateWindowMs = 2 * 3_600_000

export const streams = {
  events: stream('EVENTS', 'events', 20 * GIB),
  decisions: stream('DECISIONS', 'decisions', 10 * GIB),
  deliveries: stream('DELIVERIES', 'deliveries', 5 * GIB),
  facts: stream('FACTS', 'facts', 5 * GIB),
  deadLetters: stream('DLQ', 'dlq', 2 * GIB),
} as const

function stream(name: string, root: string, bytesMax: number): StreamDefinition {
  return { name, subjects: [`${root}.>`], bytesMax, ageMaxMs: 14 * DAY_MS, duplicateWindowMs }
}

/** Stands where a tenant or a location is not known. */
export const unknownToken = '_'

export const subjects = {
  event: (tenant: string, locationId: string, type: string) => join('events', tenant, locationId, type),
  decision: (tenant: string, locationId: string | null, outcome: string) =>
    join('decisions', tenant, locationId ?? unknownToken, outcome),
  delivery: (tenant: string, locationId: string, state: string) => join('deliveries', tenant, locationId, state),
  fact: (tenant: string, locationId: string | null, fact: string) =>
    join('facts', tenant, locationId ?? unknownToken, fact),
  deadLetter: (stage: string, tenant: string) => join('dlq', stage, tenant),
  /** Core NATS, not stored: "a ruleset of this tenant was published". Routers reload; a poll covers a missed one. */
  rulesetPublished: (tenant: string) => join('directory', tenant, 'ruleset-published'),
  anyRulesetPublished: 'directory.*.ruleset-published',
  /** Core NATS request and reply, queue group `router`: contracts/router-request.ts. */
  routerRequest: 'router.request',
  /** Core NATS request and reply, queue group `delivery`: contracts/delivery-request.ts. */
  deliveryRequest: 'delivery.request',
  /** Core NATS request and reply, queue group `analytics`: contracts/analytics-request.ts. */
  analyticsRequest: 'analytics.request',
  /** Core NATS, not stored: "this agency was connected or disconnected". Deliveries forget the tokens that they hold. */
  connectionChanged: (tenant: string) => join('delivery', tenant, 'connection-changed'),
  anyConnectionChanged: 'delivery.*.connection-changed',
} as const

/** A value from outside becomes one subject token: no dot, wildcard or space survives, and it is at most 64 long. */
function token(value: string): string {
  const clean = value.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64)
  return clean === '' ? unknownToken : clean
}

const join = (...parts: string[]): string => parts.map(token).join('.')
