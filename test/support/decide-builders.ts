import { newRequest } from '../../contracts/decision.ts'
import type { Person } from '../../contracts/event.ts'
import type {
  PublishedRuleset,
  RulesetDocument,
  RulesetLocation,
  RulesetUser,
  Territory,
} from '../../contracts/ruleset.ts'
import type { Snapshot } from '../../contracts/snapshot.ts'
import { type CompiledRuleset, compileRuleset } from '../../decide/compile-ruleset.ts'
import { decide } from '../../decide/decide.ts'
import type { Lead } from '../../decide/lead.ts'
import { aPlace } from './a-place.ts'
import { nobody } from './nobody.ts'

/** Tests say only what they are about; the rest is a plain lead in Atlanta on a Wednesday morning. */
export const NOW_MS = Date.parse('2026-06-10T15:00:00Z')

export const aPerson = (person: Partial<Person> = {}): Person => ({
  ...nobody,
  ...{ firstName: 'Dana', source: 'ads' },
  ...person,
})

export const nowhere = aPlace({
  ...{
    postalCode: null,
    state: null,
    latitude: null,
    longitude: null,
    precision: 'none',
    errorM: null,
    fault: 'BAD_POSTAL',
  },
})

export const aLead = (lead: Partial<Lead> = {}): Lead => ({
  leadId: '0b7f0f3e-0000-8000-8000-000000000001',
  tenant: 'T',
  eventId: '0b7f0f3e-0000-8000-8000-000000000002',
  attempt: 1,
  createdAt: '2026-06-10T14:59:59.000Z',
  intakeLocationId: 'funnel',
  intakeContactId: 'c1',
  key: 'funnel/c1',
  person: aPerson(),
  place: aPlace(),
  request: newRequest,
  ...lead,
})

export const quiet: Snapshot = {
  ...{ counters: {}, statuses: {}, refused: {}, sticky: null, waiting: {}, engagement: [] },
}

/** Buckhead and Decatur are 11 km apart in Atlanta, Nashville is 350 km away. */
export const buckhead = aLocation('A', 33.839, -84.38)
export const decatur = aLocation('B', 33.7748, -84.2963)
export const nashville = aLocation('C', 36.1627, -86.7816)

export function aLocation(id: string, latitude: number, longitude: number, weight = 1): RulesetLocation {
  return { id, regionId: 'south', name: `Shop ${id}`, latitude, longitude, timeZone: 'America/New_York', weight }
}

export const aUser = (id: string, locationId: string, user: Partial<RulesetUser> = {}): RulesetUser => ({
  ...{ id, locationId, name: `User ${id}`, weight: 1, calendarId: null, skills: [], languages: [], leave: [] },
  ...user,
})

export const zips = (
  locationId: string,
  exclusive: boolean,
  codes = ['30305'],
  more: Partial<Territory> = {},
): Territory =>
  ({ id: `${locationId}-zip`, locationId, exclusive, kind: 'zip', country: 'US', codes, ...more }) as Territory

export const radius = (
  { id, latitude, longitude }: RulesetLocation,
  radiusM = 40_000,
  exclusive = false,
): Territory => ({
  ...{ id: `${id}-r`, locationId: id, exclusive, kind: 'radius', latitude, longitude, radiusM },
})

export type RulesetParts = Partial<Omit<RulesetDocument, 'version' | 'tenant'>> & {
  locations?: RulesetLocation[]
  users?: RulesetUser[]
}

export function published({ locations, users, ...document }: RulesetParts): PublishedRuleset {
  return {
    hash: 'test',
    document: {
      version: 1,
      tenant: 'T',
      strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
      nearestMaxM: 150_000,
      territories: [],
      caps: [],
      ...document,
    },
    locations: locations ?? [buckhead, decatur, nashville],
    users: users ?? [],
  }
}

export const aRuleset = (parts: RulesetParts): CompiledRuleset => compileRuleset(published(parts))

/** Decides the plain lead, or one that differs, in the quiet world, or one that differs. */
export const route = (
  ruleset: CompiledRuleset,
  lead: Partial<Lead> = {},
  snapshot: Partial<Snapshot> = {},
  nowMs = NOW_MS,
) => decide(aLead(lead), ruleset, { ...quiet, ...snapshot }, nowMs, 's')
