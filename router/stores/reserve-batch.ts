import type { Counter, Place } from '../../decide/capacity/counter.ts'
import { groupBy } from '../../decide/group-by.ts'
import { epochKey, leasesKey, ledgerKey, memberOf } from './capacity-keys.ts'
import type { ReserveAnswer, ReserveRequest } from './reserve-request.ts'

export type ReserveBatch = { requests: readonly ReserveRequest[]; keys: string[]; argv: string[] }
export type ReserveReply = [epoch: string | null, ...leads: (number | string | null)[][]]

/** A call blocks Redis for everybody: a few milliseconds at these sizes. */
const KEYS_MAX = 3_000
const REQUESTS_MAX = 250
/** Longer than any batch takes from reservation to commit, through time-outs and redelivery. */
const LEASE_MS = 15 * 60_000

/** Requests of one tenant each, in order, in calls that are not too large. */
export function toBatches(requests: readonly ReserveRequest[]): ReserveBatch[] {
  const byTenant = groupBy(requests, ({ tenant }) => tenant)
  return [...byTenant.values()].flatMap((group) => split(group).map(encode))
}

function split(requests: readonly ReserveRequest[]): ReserveRequest[][] {
  const parts: ReserveRequest[][] = []
  let keys = Number.POSITIVE_INFINITY
  for (const request of requests) {
    const own = request.candidates.reduce((sum, { counters }) => sum + counters.length, 1)
    if (keys + own > KEYS_MAX || parts.at(-1)!.length === REQUESTS_MAX) {
      parts.push([])
      keys = 2
    }
    keys += own
    parts.at(-1)!.push(request)
  }
  return parts
}

/** Every counter stands once in KEYS; the request is one flat array of indexes, which is what Lua reads fastest. */
function encode(requests: readonly ReserveRequest[]): ReserveBatch {
  const tenant = requests[0]!.tenant
  const keys = [epochKey(tenant), leasesKey(tenant), ...requests.map(ledgerKey)]
  const indexes = new Map<string, number>()
  const indexOf = (key: string): number => {
    const known = indexes.get(key)
    if (known !== undefined) return known
    indexes.set(key, keys.push(key))
    return keys.length
  }
  const ask: (number | string)[] = [requests.length]
  for (const [i, request] of requests.entries()) {
    ask.push(i + 3, memberOf(request), request.reservedAtMs + LEASE_MS, request.reservedAtMs, request.candidates.length)
    const nextLead = ask.push(0) - 1
    for (const { candidate, counters } of request.candidates) {
      ask.push(candidate, counters.length)
      const nextCandidate = ask.push(0) - 1
      appendCounters(ask, counters, indexOf)
      ask[nextCandidate] = ask.length + 1
    }
    ask[nextLead] = ask.length + 1
  }
  return { requests, keys, argv: [JSON.stringify(ask), ...requests.map(({ inputs }) => inputs)] }
}

/** Lua counts from 1, hence the positions. */
function appendCounters(ask: (number | string)[], counters: readonly Counter[], indexOf: (key: string) => number) {
  for (const [i, { key, alsoKeys, amount, limit, expiresAtMs }] of counters.entries()) {
    ask.push(indexOf(key), isRepeated(counters, i) ? 0 : 1, amount, limit ?? -1, expiresAtMs ?? 0, alsoKeys.length)
    for (const also of alsoKeys) ask.push(indexOf(also))
  }
}

/** Raised by an earlier entry of the same list. */
function isRepeated(counters: readonly Counter[], at: number): boolean {
  for (let i = 0; i < at; i += 1) if (counters[i]!.key === counters[at]!.key) return true
  return false
}

export function toAnswers({ requests, keys }: ReserveBatch, [epoch, ...leads]: ReserveReply): ReserveAnswer[] {
  if (epoch === null) return requests.map(() => ({ status: 'not-ready' }))
  return requests.map((request, i) => toAnswer(request, leads[i]!, keys, epoch))
}

function toAnswer(
  { candidates }: ReserveRequest,
  reply: (number | string | null)[],
  keys: readonly string[],
  epoch: string,
): ReserveAnswer {
  if (reply[0] === 'stored') {
    const [, candidate, places, refused, inputs] = reply as [string, string, string, string, string | null]
    return {
      status: 'stored',
      epoch,
      candidate,
      places: placesFromText(places),
      refused: Object.fromEntries(pairs(refused)),
      inputs,
    }
  }
  const [position, ...full] = reply as number[]
  const refused = Object.fromEntries(full.map((key, i) => [candidates[i]!.candidate, keys[key - 1]!]))
  if (position === 0) return { status: 'full', epoch, refused }
  const { candidate, counters } = candidates[position! - 1]!
  const places = counters.filter((_, i) => !isRepeated(counters, i)).map(({ key, amount }) => ({ key, amount }))
  return { status: 'reserved', epoch, candidate, places, refused }
}

/** As ledgers keep places: `key <tab> amount`, joined by tabs. */
export const placesText = (places: readonly Place[]): string =>
  places.map(({ key, amount }) => `${key}\t${amount}`).join('\t')

export const placesFromText = (text: string): Place[] =>
  pairs(text).map(([key, amount]) => ({ key, amount: Number(amount) }))

function pairs(text: string): [string, string][] {
  if (text === '') return []
  const parts = text.split('\t')
  return Array.from({ length: parts.length / 2 }, (_, i) => [parts[2 * i]!, parts[2 * i + 1]!])
}
