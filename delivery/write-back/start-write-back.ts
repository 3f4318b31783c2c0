import { type Clock, iso } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Nats } from '../../kernel/nats.ts'
import type { Postgres } from '../../kernel/postgres.ts'
import type { Closing } from '../../kernel/run-process.ts'
import type { DeliveryMetrics } from '../delivery-metrics.ts'
import type { CallGate } from '../ghl/stores/call-gate.ts'
import type { GhlClient } from '../ghl/stores/ghl-client.ts'
import type { LocationTokens } from '../ghl/stores/location-tokens.ts'
import type { DeliverDeps } from './deliver-decision.ts'
import { createFaultStreaks } from './fault-streaks.ts'
import { createLocationLanes } from './location-lanes.ts'
import { startProber } from './probe-outages.ts'
import { type SettleDeps, settleDecision } from './settle-decision.ts'
import { callsPerLead } from './steps/calls-per-lead.ts'
import { deadLetter } from './steps/dead-letter.ts'
import { defaultSettings } from './steps/merge-settings.ts'
import { createDecisionsConsumer, type DecisionsConsumer, type WorkItem } from './stores/decisions-consumer.ts'
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

type LaneItem = WorkItem & { calls: number }

/** Takes assigned decisions from the stream and writes them to their sub-accounts, until `closing`. */
export async function startWriteBack(parts: WriteBackParts): Promise<void> {
  const { nats, closing, clock, gate, tokens, log } = parts
  const deps = createSettleDeps(parts, (locationId, ms) => lanes.rest(locationId, ms))
  const lanes = createLocationLanes<LaneItem>({
    slotsMax: parts.slotsMax,
    slotsPerLocationMax: 4,
    // A decision is some 25 KB in memory: 100 MB at most. 2,000 are ten minutes of one location's limit.
    queueMax: 2_000,
    heldMax: 4_000,
    callsOf: ({ calls }) => calls,
    roomInMs: gate.roomInMs,
    paceMs: (calls) => (calls * 10_000) / parts.callsPer10s,
    // A window's worth of leads may go at once.
    pacedFrom: 32,
    run: (item) => settleItem(deps, consumer, item),
    giveBack: (item, delayMs) => consumer.again(item, delayMs),
  })
  const consumer = createDecisionsConsumer({
    nats,
    ackWaitMs: parts.ackWaitMs,
    log,
    accept: async (item) => lanes.push(item.locationId, { ...item, calls: await callsOf(deps, item) }),
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

/** What the lane reckons with; a wrong guess costs a wait, not a lead. */
async function callsOf({ settings }: SettleDeps, { decision, locationId }: WorkItem): Promise<number> {
  return callsPerLead(await settings(decision, locationId).catch(() => defaultSettings), decision)
}

async function settleItem(deps: SettleDeps, consumer: DecisionsConsumer, item: WorkItem): Promise<void> {
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
