import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { type Counter, tenantPrefix } from '../../decide/capacity/counters.ts'

/** One lead's wish: the ranked candidates, best first, each with all its counters. */
export type ReserveRequest = {
  tenant: string
  leadId: string
  attempt: number
  candidates: { locationId: string; counters: readonly Counter[] }[]
  /** Kept beside the reservation, so that a redelivery after a crash decides on the same inputs. */
  inputs: string
}

export type ReserveAnswer =
  | { status: 'reserved'; epoch: string; location: string; keys: string[]; refused: Record<string, string> }
  | {
      status: 'stored'
      epoch: string
      location: string
      keys: string[]
      refused: Record<string, string>
      inputs: string | null
    }
  | { status: 'full'; epoch: string; refused: Record<string, string> }
  | { status: 'not-ready' }

export type LedgerId = { tenant: string; leadId: string; attempt: number }

/** Redis has lost its counters, or another router is rebuilding them: try again when they are back. */
export class CountersNotReady extends Error {
  readonly tenant: string
  constructor(tenant: string) {
    super(`the counters of ${tenant} are not ready`)
    this.tenant = tenant
  }
}

/** Longer than any outage of Postgres after which the same reservation is still wanted. */
const RESERVED_TTL_MS = 24 * 3_600_000
/** Longer than a lead stays open. */
const COMMITTED_TTL_MS = 400 * 86_400_000
const GIVEN_BACK_TTL_MS = 7 * 86_400_000

export const epochKey = (tenant: string): string => `${tenantPrefix(tenant)}:epoch`
export const ledgerKey = ({ tenant, leadId, attempt }: LedgerId): string =>
  `${tenantPrefix(tenant)}:ledger:${leadId}:${attempt}`

export type Capacity = {
  /** Current values of counters of one tenant; a missing one is 0. */
  read: (keys: readonly string[]) => Promise<Record<string, number>>
  reserve: (requests: readonly ReserveRequest[]) => Promise<ReserveAnswer[]>
  committed: (entries: readonly LedgerId[]) => Promise<void>
  /** @throws CountersNotReady */
  giveBack: (entry: LedgerId, keys: readonly string[], state: 'CLOSED' | 'RELEASED') => Promise<void>
}

/** The counters in Redis: a fold over the reservations in Postgres, kept here because here one function can walk a list. */
export function createCapacity(redis: Redis): Capacity {
  const script = (name: string): string => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8')
  redis.defineCommand('hxReserve', { lua: script('reserve') })
  redis.defineCommand('hxCommit', { lua: script('commit'), numberOfKeys: 1 })
  redis.defineCommand('hxGiveBack', { lua: script('give-back') })
  const scripts = redis as unknown as Scripts

  return {
    read: async (keys) => {
      if (keys.length === 0) return {}
      const values = await redis.mget(...keys)
      return Object.fromEntries(keys.map((key, i) => [key, Number(values[i] ?? 0)]))
    },
    reserve: (requests) =>
      Promise.all(
        requests.map(async (request) => {
          const { keys, argument } = encode(request)
          return JSON.parse(await scripts.hxReserve(keys.length, ...keys, argument)) as ReserveAnswer
        }),
      ),
    committed: async (entries) => {
      await Promise.all(entries.map((entry) => scripts.hxCommit(ledgerKey(entry), COMMITTED_TTL_MS)))
    },
    giveBack: async (entry, keys, state) => {
      const all = [epochKey(entry.tenant), ledgerKey(entry), ...keys]
      const answer = await scripts.hxGiveBack(all.length, ...all, state, GIVEN_BACK_TTL_MS)
      if (answer === 'not-ready') throw new CountersNotReady(entry.tenant)
    },
  }
}

type Scripts = {
  hxReserve: (count: number, ...rest: string[]) => Promise<string>
  hxCommit: (key: string, ttlMs: number) => Promise<number>
  hxGiveBack: (count: number, ...rest: (string | number)[]) => Promise<string>
}

function encode(request: ReserveRequest): { keys: string[]; argument: string } {
  const keys = [epochKey(request.tenant), ledgerKey(request)]
  const candidates = request.candidates.map(({ locationId, counters }) => ({
    location: locationId,
    counters: counters.map(({ key, limit, expiresAtMs }) => {
      keys.push(key)
      return { key: keys.length, limit: limit ?? -1, expiresAtMs: expiresAtMs ?? 0 }
    }),
  }))
  return { keys, argument: JSON.stringify({ candidates, inputs: request.inputs, ledgerTtlMs: RESERVED_TTL_MS }) }
}
