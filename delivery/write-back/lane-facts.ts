import type { Decision } from '../../contracts/decision.ts'
import { callsPerLead } from './steps/calls-per-lead.ts'
import { defaultSettings } from './steps/merge-settings.ts'
import type { SettingsReader } from './stores/settings-store.ts'

export type LaneFacts = {
  /** Calls that the next lead of the lane makes in the ordinary case. */
  callsOf: (lane: string) => number
  /** Whose limit it is; null before the first. */
  locationOf: (lane: string) => string | null
  /** From a lead whose turn it is. */
  learn: (lane: string, decision: Decision, locationId: string) => void
}

type Fact = { locationId: string; calls: number }

const CALLS = callsPerLead(defaultSettings, { silent: false })

/**
 * What a lane reckons with while its leads are unread: what the one before told. Nobody who waits is kept by the question, and
 * a wrong guess costs a wait, not a lead.
 */
export function createLaneFacts(settings: SettingsReader): LaneFacts {
  const facts = new Map<string, Fact>()
  return {
    callsOf: (lane) => facts.get(lane)?.calls ?? CALLS,
    locationOf: (lane) => facts.get(lane)?.locationId ?? null,
    learn: (lane, decision, locationId) => {
      const fact = facts.get(lane) ?? { locationId, calls: CALLS }
      facts.set(lane, fact)
      settings(decision, locationId).then(
        (set) => {
          fact.calls = callsPerLead(set, decision)
        },
        // The try itself asks again, and says what is wrong.
        () => undefined,
      )
    },
  }
}
