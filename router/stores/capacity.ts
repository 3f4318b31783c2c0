import { readFileSync } from 'node:fs'
import type { Place } from '../../decide/capacity/counter.ts'
import { isConcurrentKey, isRotationKey } from '../../decide/capacity/counter-keys.ts'
import { groupBy } from '../../decide/group-by.ts'
import type { RedisConnection } from '../../kernel/redis.ts'
import { epochKey, type LedgerId, leasesKey, ledgerKey, memberOf } from './capacity-keys.ts'
import { placesText, type ReserveReply, toAnswers, toBatches } from './reserve-batch.ts'
import type { ReserveAnswer, ReserveRequest } from './reserve-request.ts'

export type GiveBack = LedgerId & {
  places: readonly Place[]
  /** CLOSED gives back the concurrent places, RELEASED all that it still has. */
  state: 'CLOSED' | 'RELEASED'
  /** What Postgres said before this change; RESERVED when it never knew the reservation. */
  before: 'RESERVED' | 'COMMITTED' | 'CLOSED'
}

/** Redis has lost its counters, or another router is rebuilding them: try again when they are back. */
export class CountersNotReady extends Error {
  readonly tenant: string
  constructor(tenant: string) {
    super(`the counters of ${tenant} are not ready`)
    this.tenant = tenant
  }
}

/** How long a delivery that read `not known` before the commit may still come to reserve. */
export const COMMITTED_KEPT_MS = 3_600_000
/** How long a change may be repeated: after it, repeating would give the places back twice. */
export const GIVEN_BACK_KEPT_MS = 7 * 86_400_000
const KEYS_MAX = 1_000

export type Capacity = {
  /** Current values of counters of one tenant; a missing one is 0. */
  read: (keys: readonly string[]) => Promise<Map<string, number>>
  /** In the order of the requests; earlier ones come first. */
  reserve: (requests: readonly ReserveRequest[]) => Promise<ReserveAnswer[]>
  committed: (entries: readonly LedgerId[]) => Promise<void>
  /**
   * To be called after the change stands in Postgres. Repeating it changes nothing for GIVEN_BACK_KEPT_MS.
   * @throws CountersNotReady
   */
  giveBack: (entries: readonly GiveBack[]) => Promise<void>
  /**
   * Before a change in Postgres that nobody would repeat after a crash: the sweep makes Redis follow it. `before` is the
   * state that the change starts from, `atMs` when it has surely been made.
   */
  watch: (entries: readonly (LedgerId & Pick<GiveBack, 'before'>)[], atMs: number) => Promise<void>
}

/** The counters in Redis: a fold over the reservations in Postgres, kept here because here one function can walk a list. */
export function createCapacity(redis: RedisConnection): Capacity {
  const scripts = defineScripts(redis)
  return {
    read: async (keys) => {
      const parts = await Promise.all(chunks(keys, KEYS_MAX).map((part) => redis.mget(...part)))
      const values = parts.flat()
      return new Map(keys.map((key, i) => [key, Number(values[i] ?? 0)]))
    },
    reserve: async (requests) => {
      const answers = await walk(scripts, requests.map(headOf))
      const further = requests.filter((request, i) => answers[i]!.status === 'full' && isLong(request))
      if (further.length === 0) return answers
      const rest = new Map((await walk(scripts, further)).map((answer, i) => [further[i]!, answer]))
      return requests.map((request, i) => rest.get(request) ?? answers[i]!)
    },
    committed: async (entries) => {
      await eachTenant(entries, async (tenant, part) => {
        const keys = [leasesKey(tenant), ...part.map(ledgerKey)]
        await scripts.hxCommit(keys.length, ...keys, COMMITTED_KEPT_MS, ...part.map(memberOf))
      })
    },
    giveBack: async (entries) => {
      await Promise.all(entries.map((entry) => giveBack(scripts, entry)))
    },
    watch: async (entries, atMs) => {
      await eachTenant(entries, async (tenant, part) => {
        await Promise.all(part.map((entry) => remember(redis, entry)))
        await redis.zadd(leasesKey(tenant), ...part.flatMap((entry) => [atMs, memberOf(entry)]))
      })
    },
  }
}

/** Nearly every lead goes to one of the first; where they are all full, the whole list is walked, again from the front. */
const HEAD_LENGTH = 3
const isLong = ({ candidates }: ReserveRequest): boolean => candidates.length > HEAD_LENGTH
const headOf = (request: ReserveRequest): ReserveRequest =>
  isLong(request) ? { ...request, candidates: request.candidates.slice(0, HEAD_LENGTH) } : request

async function walk(scripts: Scripts, requests: readonly ReserveRequest[]): Promise<ReserveAnswer[]> {
  const answers = new Map<ReserveRequest, ReserveAnswer>()
  await Promise.all(
    toBatches(requests).map(async (batch) => {
      const reply = await scripts.hxReserve(batch.keys.length, ...batch.keys, ...batch.argv)
      for (const [i, answer] of toAnswers(batch, reply).entries()) answers.set(batch.requests[i]!, answer)
    }),
  )
  return requests.map((request) => answers.get(request)!)
}

type Scripts = {
  hxReserve: (count: number, ...rest: string[]) => Promise<ReserveReply>
  hxCommit: (count: number, ...rest: (string | number)[]) => Promise<null>
  hxGiveBack: (count: number, ...rest: (string | number)[]) => Promise<'not-ready' | 'done' | 'nothing'>
}

function defineScripts(redis: RedisConnection): Scripts {
  const script = (name: string): string => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8')
  redis.defineCommand('hxReserve', { lua: script('reserve') })
  redis.defineCommand('hxCommit', { lua: script('commit') })
  redis.defineCommand('hxGiveBack', { lua: script('give-back') })
  return redis as unknown as Scripts
}

/** @throws CountersNotReady */
async function giveBack(scripts: Scripts, entry: GiveBack): Promise<void> {
  const concurrent = entry.places.filter(({ key }) => isConcurrentKey(key))
  const balances = entry.places.filter(({ key }) => isRotationKey(key))
  const rest = entry.places.filter(({ key }) => !isConcurrentKey(key) && !isRotationKey(key))
  const places = [...concurrent, ...rest, ...balances]
  const keys = [epochKey(entry.tenant), leasesKey(entry.tenant), ledgerKey(entry), ...places.map(({ key }) => key)]
  const answer = await scripts.hxGiveBack(
    keys.length,
    ...keys,
    entry.state,
    entry.before,
    concurrent.length,
    balances.length,
    GIVEN_BACK_KEPT_MS,
    memberOf(entry),
    placesText(entry.places),
    ...places.map(({ amount }) => amount),
  )
  if (answer === 'not-ready') throw new CountersNotReady(entry.tenant)
}

/** A ledger that was forgotten stands again, so that the change is made once whoever makes it. */
async function remember(redis: RedisConnection, entry: LedgerId & Pick<GiveBack, 'before'>): Promise<void> {
  const key = ledgerKey(entry)
  if ((await redis.hsetnx(key, 'state', entry.before)) === 1) await redis.pexpire(key, GIVEN_BACK_KEPT_MS)
}

async function eachTenant<T extends LedgerId>(
  entries: readonly T[],
  act: (tenant: string, part: T[]) => Promise<unknown>,
): Promise<void> {
  const groups = [...groupBy(entries, ({ tenant }) => tenant)]
  await Promise.all(groups.flatMap(([tenant, group]) => chunks(group, KEYS_MAX).map((part) => act(tenant, part))))
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}
