import type { LiveDecision } from '../../contracts/conversion.ts'

const kinds: Pick<LiveDecision, 'outcome' | 'tier' | 'locationName' | 'why'>[] = [
  {
    outcome: 'assigned',
    tier: 'exclusive',
    locationName: 'Boston Back Bay',
    why: 'ZIP 02116 belongs to Boston Back Bay alone; it has taken 6 of 20 leads today.',
  },
  {
    outcome: 'assigned',
    tier: 'shared',
    locationName: 'Atlanta Buckhead',
    why: 'Of three locations that serve 30305, Atlanta Buckhead is 4.2 km away and least used (31 % of its day).',
  },
  {
    outcome: 'hq',
    tier: 'fallback',
    locationName: null,
    why: 'No location serves 82001 and none is within 250 km, so head office takes it.',
  },
  {
    outcome: 'assigned',
    tier: 'nearest',
    locationName: 'Philadelphia Center City',
    why: 'No territory covers 08401; Philadelphia Center City is the nearest open location, 88 km away.',
  },
  {
    outcome: 'held',
    tier: null,
    locationName: null,
    why: 'All three locations that serve M5V are full until midnight, so the lead waits for the first free place.',
  },
  { outcome: 'rejected', tier: null, locationName: null, why: 'The form carried no consent to be contacted.' },
]

/** The nth decision of a stream that holds every outcome a reader meets. */
export function sampleDecision(nth: number): LiveDecision {
  const kind = kinds[nth % 9 < 3 ? 0 : nth % kinds.length]!
  const locationId = kind.locationName === null ? null : `loc-${kind.locationName}`
  const ids = { decisionId: `decision-${nth}`, leadId: `lead-${nth}`, decidedAt: new Date().toISOString() }
  return { ...ids, ...kind, locationId, regionId: null }
}
