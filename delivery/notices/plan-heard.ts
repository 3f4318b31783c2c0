import type { Decision } from '../../contracts/decision.ts'
import type { Delivery } from '../../contracts/delivery.ts'
import { type Clock, iso } from '../../kernel/clock.ts'
import type { NoticeMetrics } from './notice-metrics.ts'
import { audienceOf, audienceOfFailure } from './steps/audience.ts'
import type { Heard } from './steps/notice.ts'
import { planNotices } from './steps/plan-notices.ts'
import { audienceOfTrouble, type Trouble } from './steps/trouble.ts'
import type { ChannelReader, ListedChannel } from './stores/channel-reader.ts'
import type { FactReader } from './stores/fact-reader.ts'
import type { NoticeStore } from './stores/notice-store.ts'

export type PlanDeps = {
  channels: ChannelReader
  facts: FactReader
  notices: NoticeStore
  metrics: NoticeMetrics
  clock: Clock
  /** Something may be due. */
  wake: () => void
}

export type Planning = {
  decisions: (decisions: readonly Decision[]) => Promise<void>
  failures: (deliveries: readonly Delivery[]) => Promise<void>
  troubles: (troubles: readonly Trouble[]) => Promise<void>
}

/** From what happened to notices in Postgres: when a function has returned, they are stored. Repeating it adds none. */
export function createPlanning(deps: PlanDeps): Planning {
  const { facts } = deps
  return {
    decisions: async (decisions) => {
      const regionOf = await facts.regionOf(decisions.flatMap(({ offeredTo }) => offeredTo))
      const heard = decisions.map(async (decision) =>
        audienceOf(decision, await facts.holderBefore(decision), regionOf),
      )
      await planHeard(deps, (await Promise.all(heard)).flat())
    },
    failures: async (deliveries) => {
      const heard = deliveries.map(async (delivery) => {
        const decision = await facts.decision(delivery)
        return decision ? audienceOfFailure(decision, delivery.errorCode, delivery.deliveredAt) : []
      })
      await planHeard(deps, (await Promise.all(heard)).flat())
    },
    /** States, looked at again and again: a channel that was made or changed later is not told of them. */
    troubles: (troubles) =>
      planHeard(deps, troubles.flatMap(audienceOfTrouble), ({ updatedAt }, { at }) => iso(updatedAt.getTime()) <= at),
  }
}

async function planHeard(
  { channels, notices, metrics, clock, wake }: PlanDeps,
  heard: readonly Heard[],
  mayHear: (channel: ListedChannel, subject: Heard['subject']) => boolean = () => true,
): Promise<void> {
  if (heard.length === 0) return
  const listed = await channels.ofScopes(heard)
  const ofScope = groupByScope(listed)
  const now = clock()
  const planned = heard.flatMap((one) => {
    const candidates = (ofScope.get(scopeOf(one)) ?? []).filter((channel) => mayHear(channel, one.subject))
    return planNotices(one, candidates, now)
  })
  if (planned.length === 0 || (await notices.plan(planned, now)) === 0) return
  for (const { event } of planned) metrics.planned.inc({ event })
  wake()
}

function groupByScope(channels: readonly ListedChannel[]): Map<string, ListedChannel[]> {
  const groups = new Map<string, ListedChannel[]>()
  for (const channel of channels) {
    const group = groups.get(scopeOf(channel))
    if (group) group.push(channel)
    else groups.set(scopeOf(channel), [channel])
  }
  return groups
}

const scopeOf = ({ tenant, scope, scopeId }: Pick<Heard, 'tenant' | 'scope' | 'scopeId'>): string =>
  `${tenant} ${scope} ${scopeId}`
