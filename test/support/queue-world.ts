import { expect } from 'vitest'
import type { Event } from '../../contracts/event.ts'
import { derivedUuid } from '../../kernel/derived-uuid.ts'
import { ledgerKey } from '../../router/stores/capacity-keys.ts'
import { formEvent, tenant } from './form-events.ts'
import {
  heldOf,
  type Kind,
  LEASE_MS,
  type ModelLead,
  type QueueModel,
  reservedOf,
  type Shop,
  settle,
  shops,
  verdictOf,
  type Zip,
} from './queue-model.ts'
import { observe, type Seen } from './queue-observation.ts'
import type { RoutedAgency } from './routed-agency.ts'

/** What the commands of the queue do to the real router, and what the model learns of it. */
export type RealQueue = {
  agency: RoutedAgency
  /** Distinguishes the leads of one history from those of another. */
  history: number
  events: Map<ModelLead, Event>
  setLimits: (limits: Record<Shop, number>) => Promise<void>
  /** What was done how often, over all histories. */
  done: Map<string, number>
}
export type World = { model: QueueModel; real: RealQueue }

export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
const leadIdOf = ({ contact }: ModelLead): string => derivedUuid('lead', tenant, `funnel/${contact}`)

export function pass(model: QueueModel, { agency }: RealQueue, ms: number): void {
  model.nowMs += ms
  agency.at(model.nowMs)
}

export function enquire({ model, real }: World, code: Zip): ModelLead {
  const contact = `h${real.history}-${model.leads.length}`
  pass(model, real, SECOND_MS)
  const lead: ModelLead = {
    ...{ contact, zip: code, createdMs: model.nowMs, outcome: 'asked', hasEnded: false, attempt: 0 },
    ...{ waitsFor: [], places: [] },
  }
  model.leads.push(lead)
  real.events.set(lead, formEvent({ contact, person: { postalCode: code } }, model.nowMs))
  return lead
}

/** In one batch. */
export async function deliver({ model, real }: World, ...leads: ModelLead[]): Promise<void> {
  const settled = await real.agency.handle(leads.map((lead) => real.events.get(lead)!))
  expect(new Set(settled)).toEqual(new Set(['acknowledged']))
  const seen = await observe(real.agency)
  for (const lead of leads) if (lead.outcome === 'asked') follow(model, lead, 'new', seen)
}

export async function wakeQueue(world: World): Promise<void> {
  await world.real.agency.chore('held leads')
  const seen = await observe(world.real.agency)
  for (const lead of heldOf(world.model)) follow(world.model, lead, 'held', seen)
  // The promise itself, apart from how it came about.
  for (const lead of heldOf(world.model))
    expect(verdictOf(world.model, lead, 'held').outcome, `${lead.contact} waits for nothing`).toBe('held')
  await world.real.agency.chore('waiting counts')
}

export async function sweepLeases({ model, real }: World): Promise<void> {
  await real.agency.chore('leases')
  for (const lead of model.leads)
    lead.places = lead.places.filter(({ state, takenMs }) => state !== 'reserved' || model.nowMs < takenMs + LEASE_MS)
}

/** What became of the lead must be what the model wants; where it leaves a choice, the model learns it. */
export function follow(model: QueueModel, lead: ModelLead, kind: Kind, seen: readonly Seen[]): void {
  const verdict = verdictOf(model, lead, kind)
  if (kind === 'held' && verdict.outcome === 'held') return
  const reserved = reservedOf(lead)
  const wanted = reserved ? { outcome: 'assigned' as const, shops: [reserved.shop] } : verdict
  const found = seen.find(({ contact }) => contact === lead.contact)
  const taken = shopOf(found?.location)
  expect(found?.outcome, lead.contact).toBe(wanted.outcome)
  if (wanted.outcome === 'assigned') expect(wanted.shops, lead.contact).toContain(taken)
  settle(model, lead, wanted, taken)
}

const shopOf = (locationId: string | null | undefined): Shop | null =>
  (Object.keys(shops) as Shop[]).find((id) => shops[id] === locationId) ?? null

/** A router that died has reserved what it would have committed. */
export async function expectReserved({ model, real }: World, lead: ModelLead, kind: Kind): Promise<void> {
  const verdict = verdictOf(model, lead, kind)
  const ledger = ledgerKey({ tenant, leadId: leadIdOf(lead), attempt: lead.attempt + 1 })
  const [state, candidate] = await real.agency.redis.hmget(ledger, 'state', 'candidate')
  const taken = shopOf(candidate)
  if (verdict.outcome !== 'assigned') return expect(state, lead.contact).not.toBe('RESERVED')
  expect(state, lead.contact).toBe('RESERVED')
  expect(verdict.shops, lead.contact).toContain(taken)
  lead.places.push({ shop: taken!, takenMs: model.nowMs, state: 'reserved' })
}

export async function dying<T>({ real: { agency } }: World, act: () => Promise<T>): Promise<T> {
  agency.failCommits(true)
  return act().finally(() => agency.failCommits(false))
}

export async function byHand(
  { agency }: RealQueue,
  lead: ModelLead,
  how: string,
  body: object,
  status: number,
): Promise<void> {
  const answer = await agency.call('POST', `/v1/leads/${leadIdOf(lead)}/${how}`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(status)
}
