import { Compile } from 'typebox/compile'
import type { Decision } from '../contracts/decision.ts'
import { Event } from '../contracts/event.ts'
import { unknownToken } from '../contracts/streams.ts'
import type { Gazetteer } from '../decide/geography/locate-lead.ts'
import type { Lead } from '../decide/lead.ts'
import { iso } from '../kernel/clock.ts'
import type { Message } from '../kernel/consume-batches.ts'
import type { Logger } from '../kernel/logger.ts'
import { recogniseLeads } from './recognise-leads.ts'
import { type FactDeps, recordFacts } from './record-facts.ts'
import type { RouteDeps } from './route-deps.ts'
import { routeLeads } from './route-leads.ts'
import type { RouterMetrics } from './router-metrics.ts'
import { type ReadFact, readFact } from './steps/read-fact.ts'
import { type ReadUpdate, readUpdate } from './steps/read-update.ts'
import { createsLead, toLead } from './steps/to-lead.ts'
import type { IdentityStore } from './stores/identity-store.ts'
import type { Publisher } from './stores/publisher.ts'
import type { WithCounters } from './with-counters.ts'

export type HandlerDeps = RouteDeps &
  FactDeps & {
    gazetteer: Gazetteer
    publisher: Publisher
    metrics: RouterMetrics
    identities: IdentityStore
    withCounters: WithCounters
    log: Logger
  }

type Work = { message: Message; lead: Lead | null; fact: ReadFact | null; update: ReadUpdate | null }

const eventShape = Compile(Event)
/** A message whose own content makes a store refuse it gets so many tries before it becomes a dead letter. */
const TRIES_MAX = 5
/** A fault that may be an outage gives the whole batch back so often; then each of its messages answers for itself. */
const WHOLE_TRIES_MAX = 3
const FAULTS_MAX = 3
const RETRY_DELAY_MS = 1_000

/** One batch of the EVENTS stream: every message ends acknowledged, given back, or in the dead letters with its reason. */
export function createEventHandler(deps: HandlerDeps): (messages: Message[]) => Promise<void> {
  return async (messages) => {
    const work: Work[] = []
    for (const message of messages) {
      try {
        work.push(prepare(deps, message))
      } catch (error) {
        await bury(deps, message, 'UNREADABLE', `unreadable: ${(error as Error).message}`)
      }
    }
    try {
      await perform(deps, work)
    } catch (error) {
      const isOld = work.some(({ message }) => message.info.deliveryCount > WHOLE_TRIES_MAX)
      if (!isFaultOfContent(error) && !isOld) throw error
      await performSingly(deps, work)
    }
  }
}

/** @throws when the message is no event; that is final. */
function prepare(deps: HandlerDeps, message: Message): Work {
  const raw = JSON.parse(message.string()) as unknown
  if (!eventShape.Check(raw)) throw new Error('not an event envelope')
  const event = unpark(raw, deps)
  if (createsLead(event)) return { message, lead: toLead(event, deps.gazetteer), fact: null, update: null }
  return { message, lead: null, fact: readFact(event), update: readUpdate(event) }
}

/** A sub-account that became known after the gateway parked its event is no longer unknown. */
function unpark(event: Event, { organisation }: HandlerDeps): Event {
  if (event.parked !== 'unknown-location') return event
  const known = organisation.location(event.locationId)
  return known ? { ...event, parked: null, tenant: known.tenant, intake: known.intake } : event
}

async function perform(deps: HandlerDeps, work: readonly Work[]): Promise<void> {
  const decisions = await routeSubmitted(
    deps,
    work.flatMap(({ lead }) => (lead ? [lead] : [])),
  )
  const read = work.flatMap(({ fact }) => (fact ? [fact] : []))
  const facts = await deps.withCounters(() => recordFacts(deps, read))
  await deps.identities.recordUpdates(
    work.flatMap(({ update }) => (update ? [update] : [])),
    deps.clock(),
  )
  await Promise.all([deps.publisher.decisions(decisions), deps.publisher.facts(facts)])
  for (const { message } of work) message.ack()
  deps.metrics.routed(decisions, facts)
}

/** A form sent twice is one lead: what the second one tells is kept once the first is committed. */
async function routeSubmitted(deps: HandlerDeps, submitted: readonly Lead[]): Promise<Decision[]> {
  if (submitted.length === 0) return []
  const { leads, repeats } = await recogniseLeads(deps, submitted)
  const decisions = await deps.withCounters(() => routeLeads(deps, leads))
  await deps.identities.recordRepeats(repeats)
  return decisions
}

/**
 * One poison message must not hold back the others of its batch. A fault that is not plainly of its content counts as such
 * only where another message went through meanwhile: the stores were there.
 */
async function performSingly(deps: HandlerDeps, work: readonly Work[]): Promise<void> {
  const failed: { message: Message; error: unknown }[] = []
  const newestFirst = [...work].sort((a, b) => a.message.info.deliveryCount - b.message.info.deliveryCount)
  for (const [done, item] of newestFirst.entries()) {
    try {
      await perform(deps, [item])
    } catch (error) {
      failed.push({ message: item.message, error })
      // The first ones all of them: an outage, that need not be waited for with each of the others.
      const isOutage = failed.length > done && !failed.some((entry) => isFaultOfContent(entry.error))
      if (isOutage && failed.length === FAULTS_MAX) throw error
    }
  }
  const isProven = failed.length < work.length
  for (const { message, error } of failed) {
    const isFinal = isProven || isFaultOfContent(error)
    if (isFinal && message.info.deliveryCount >= TRIES_MAX)
      await bury(deps, message, 'NOT_STORABLE', (error as Error).message)
    else message.nak(RETRY_DELAY_MS)
  }
}

type Code = 'UNREADABLE' | 'NOT_STORABLE'

async function bury(deps: HandlerDeps, message: Message, code: Code, reason: string): Promise<void> {
  const [, tenant = unknownToken] = message.subject.split('.')
  await deps.publisher.deadLetter(tenant, {
    ...{ stage: 'router', subject: message.subject, streamSequence: message.seq, code },
    detail: reason.slice(0, 500),
    failedAt: iso(deps.clock()),
    payloadBase64: Buffer.from(message.data).toString('base64'),
  })
  // Without the reason as its argument: servers before 2.10.4 take only the bare word, and would deliver it for ever.
  message.term()
  deps.metrics.deadLetters.inc()
  deps.log.warn({ subject: message.subject, seq: message.seq, reason }, 'dead letter')
}

/**
 * SQLSTATE class 22 (data exception), 23 (integrity) and 54 (a limit of Postgres, such as a value too long for an index): the
 * same again would fail the same. Others may be outages.
 */
function isFaultOfContent(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    (typeof code === 'string' && /^(2[23]|54)...$/.test(code))
  )
}
