import { subjects } from '../../contracts/streams.ts'
import { type Clock, iso } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Nats } from '../../kernel/nats.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import type { Closing } from '../../kernel/run-process.ts'
import type { DeliveryMetrics } from '../delivery-metrics.ts'
import type { CallGate } from '../ghl/stores/call-gate.ts'
import type { GhlClient } from '../ghl/stores/ghl-client.ts'
import type { LocationTokens } from '../ghl/stores/location-tokens.ts'
import type { DeliverDeps, Target } from './deliver-decision.ts'
import { createFaultStreaks } from './fault-streaks.ts'
import { createLaneFacts, type LaneFacts } from './lane-facts.ts'
import { createLocationLanes } from './location-lanes.ts'
import { startProber } from './probe-outages.ts'
import { type SettleDeps, settleDecision } from './settle-decision.ts'
import { deadLetter } from './steps/dead-letter.ts'
import { createDecisionsConsumer, type DecisionsConsumer, type Waiting } from './stores/decisions-consumer.ts'
import { createDeliveryLedger } from './stores/delivery-ledger.ts'
import { createLeadReader } from './stores/lead-reader.ts'
import { createLocationFacts } from './stores/location-facts.ts'
import { createOutageStore } from './stores/outage-store.ts'
import { createPublisher } from './stores/publisher.ts'
import { createSettingsReader } from './stores/settings-store.ts'

export type WriteBackParts = {
  pool: Postgres
  nats: Nats
  log: Logger
  closing: Closing
  metrics: DeliveryMetrics
  clock: Clock
  gate: CallGate
  tokens: LocationTokens
  ghl: GhlClient
  ghlWhile: DeliverDeps['ghlWhile']
  /** For what can wait. */
  bulkGhl: GhlClient
  slotsMax: number
  /** Of one sub-account. */
  callsPer10s: number
  ackWaitMs: number
  /** Between two tries of a lead that waits for people. */
  blockedMs: number
  probeMs: number
}

/** Takes assigned decisions from the stream and writes them to their sub-accounts, until `closing`. */
export async function startWriteBack(parts: WriteBackParts): Promise<void> {
  const { nats, closing, clock, gate, tokens, log } = parts
  const deps = createSettleDeps(parts, (target, ms) => lanes.rest(laneOf(target), ms))
  const facts = createLaneFacts(deps.settings)
  const lanes = createLocationLanes<Waiting>({
    slotsMax: parts.slotsMax,
    slotsPerLocationMax: 4,
    // Unread, a decision is the 5 to 25 KB that came: 100 MB at most. 2,000 are ten minutes of one location's limit.
    queueMax: 2_000,
    heldMax: 4_000,
    callsOf: facts.callsOf,
    roomInMs: (lane, calls) => {
      const locationId = facts.locationOf(lane)
      return locationId === null ? 0 : gate.roomInMs(locationId, calls)
    },
    paceMs: (calls) => (calls * 10_000) / parts.callsPer10s,
    // A window's worth of leads may go at once.
    pacedFrom: 32,
    run: (message) => settleMessage(deps, consumer, facts, message),
    giveBack: (message, delayMs) => consumer.giveBack(message, delayMs),
  })
  const consumer = createDecisionsConsumer({
    nats,
    ackWaitMs: parts.ackWaitMs,
    log,
    accept: (message) => lanes.push(message.subject, message),
    poisoned: (tenant, givenUp, reason) =>
      deps.publisher.deadLetter(tenant, deadLetter(givenUp, 'BAD_DECISION', reason, iso(clock()))),
  })
  const consumption = await consumer.start()
  closing.defer('lanes', () => lanes.drain())
  closing.defer('consumer', () => consumption.stop())
  const outages = createOutageStore(parts.pool)
  const onOpen = (count: number): void => parts.metrics.outages.set(count)
  closing.defer('prober', startProber({ outages, tokens, ghl: parts.bulkGhl, everyMs: parts.probeMs, onOpen, log }))
}

function createSettleDeps(parts: WriteBackParts, restLocation: SettleDeps['restLocation']): SettleDeps {
  const { pool, nats, log, metrics, clock, ghl, ghlWhile, tokens, ackWaitMs } = parts
  return {
    ledger: createDeliveryLedger(pool, ackWaitMs),
    readLead: createLeadReader(pool),
    settings: createSettingsReader(pool, clock),
    tokens,
    ghlWhile,
    facts: createLocationFacts(ghl, clock),
    publisher: createPublisher(nats),
    streaks: createFaultStreaks(),
    ...{ restLocation, blockedMs: parts.blockedMs, leaseMs: ackWaitMs },
    warned: ({ decision: { leadId }, locationId }, code, message) => {
      metrics.warnings.inc({ code })
      log.warn({ leadId, locationId, code, error: message }, 'lead delivered otherwise than set')
    },
    metrics,
    clock,
    random: Math.random,
    log,
  }
}

/** A lane is known by the subject of its decisions: that can be told without reading them. */
const laneOf = ({ decision, locationId }: Target): string => subjects.decision(decision.tenant, locationId, 'assigned')

async function settleMessage(
  deps: SettleDeps,
  consumer: DecisionsConsumer,
  facts: LaneFacts,
  message: Waiting,
): Promise<void> {
  const item = await consumer.open(message)
  if (!item) return
  facts.learn(message.subject, item.decision, item.locationId)
  deps.metrics.running.inc()
  try {
    const settlement = await settleDecision(deps, item, item.givenUp)
    if (settlement.kind === 'again') consumer.again(item, settlement.delayMs)
    else consumer[settlement.kind](item)
  } catch (error) {
    deps.log.error({ leadId: item.decision.leadId, error: (error as Error).message }, 'settling failed')
    consumer.again(item, Math.min(1_000 * item.message.info.deliveryCount, 60_000))
  } finally {
    deps.metrics.running.dec()
  }
}
