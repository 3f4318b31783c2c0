/** Two shops and the leads that want them, as docs/routing.md says of them: no store, no clock, no router. */
export const shops = { a: 'north1', b: 'north2' } as const
export type Shop = keyof typeof shops
/** Who serves a ZIP. `a` keeps its own until their time is over, also while it is paused; the others wait for room only. */
export const zips = { '30305': ['a'], '30309': ['b'], '30318': ['a', 'b'] } as const satisfies Record<string, Shop[]>
export type Zip = keyof typeof zips
const KEPT: Zip = '30305'
export const HOLD_MINUTES = 20 * 60
export const LEASE_MS = 15 * 60_000
const MINUTE_MS = 60_000
const DAY_MS = 1_440 * MINUTE_MS
/** Midnight in New York in summer. */
export const dayOf = (ms: number): number => ms - ((ms - 4 * 60 * MINUTE_MS) % DAY_MS)

type Place = { shop: Shop; takenMs: number; state: 'reserved' | 'committed' | 'closed' | 'released' }
export type ModelLead = {
  contact: string
  zip: Zip
  createdMs: number
  /** `asked`: the form is sent, and no router has lived long enough to decide. */
  outcome: 'asked' | 'held' | 'assigned' | 'hq' | 'rejected'
  hasEnded: boolean
  attempt: number
  /** While it is held. */
  waitsFor: Shop[]
  /** In the order in which they were taken; the last may be of a router that died before its commit. */
  places: Place[]
}
export type QueueModel = {
  nowMs: number
  leads: ModelLead[]
  /** Of `a` in a day, of `b` at work at once. */
  limits: Record<Shop, number>
  paused: Set<Shop>
}

export type Kind = 'new' | 'held' | 'return'
/** `assigned` to any of these, or `held` for these. */
export type Verdict = { outcome: 'assigned' | 'held' | 'hq' | 'rejected'; shops: Shop[] }

/** What must become of a lead that is decided now. */
export function verdictOf(model: QueueModel, lead: ModelLead, kind: Kind): Verdict {
  const wanted: readonly Shop[] = zips[lead.zip]
  const had = lead.places.filter(({ state }) => state !== 'reserved').map(({ shop }) => shop)
  const isInTime = model.nowMs < lead.createdMs + HOLD_MINUTES * MINUTE_MS
  const sorted = (among: readonly Shop[]) => {
    const blocked = among.filter((shop) => isBlocked(model, shop, kind))
    const held: Verdict = isInTime ? { outcome: 'held', shops: blocked } : { outcome: 'hq', shops: [] }
    return { free: among.filter((shop) => !blocked.includes(shop)), blocked, held }
  }
  const fresh = sorted(wanted.filter((shop) => !had.includes(shop)))
  if (fresh.free.length > 0) return { outcome: 'assigned', shops: fresh.free }
  if (lead.zip === KEPT && fresh.blocked.length > 0) return fresh.held
  // When everybody has had it, all but the last are asked again.
  const again = sorted(had.length < 2 ? [] : wanted.filter((shop) => shop !== had.at(-1)))
  if (again.free.length > 0) return { outcome: 'assigned', shops: again.free }
  if (lead.zip === KEPT && again.blocked.length > 0) return again.held
  return fresh.blocked.some((shop) => !model.paused.has(shop)) ? fresh.held : { outcome: 'hq', shops: [] }
}

/** Those who wait come before a new one: it needs a place more for each of them. */
function isBlocked(model: QueueModel, shop: Shop, kind: Kind): boolean {
  const before = kind === 'new' ? heldOf(model).filter(({ waitsFor }) => waitsFor.includes(shop)).length : 0
  return model.paused.has(shop) || usedOf(model, shop) + before + 1 > model.limits[shop]
}

export function usedOf({ leads, nowMs }: QueueModel, shop: Shop): number {
  const places = leads.flatMap(({ places }) => places).filter((place) => place.shop === shop)
  return shop === 'a'
    ? places.filter(({ state, takenMs }) => state !== 'released' && dayOf(takenMs) === dayOf(nowMs)).length
    : places.filter(({ state }) => state === 'reserved' || state === 'committed').length
}

/** Oldest first. */
export const heldOf = ({ leads }: QueueModel): ModelLead[] =>
  leads.filter(({ outcome }) => outcome === 'held').sort((a, b) => a.createdMs - b.createdMs)

/** The place that a router reserved for the lead before it died. */
export const reservedOf = (lead: ModelLead): Place | undefined => lead.places.find(({ state }) => state === 'reserved')

/** Commits what was decided; a reservation of a router that died is the one it gets. */
export function settle(
  model: QueueModel,
  lead: ModelLead,
  { outcome, shops: among }: Verdict,
  shop: Shop | null,
): void {
  const reserved = reservedOf(lead)
  lead.attempt += 1
  lead.outcome = outcome
  lead.waitsFor = outcome === 'held' ? among : []
  for (const place of lead.places) if (place.state === 'committed') place.state = 'released'
  if (reserved) reserved.state = 'committed'
  else if (shop !== null) lead.places.push({ shop, takenMs: model.nowMs, state: 'committed' })
}
