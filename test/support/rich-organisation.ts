import type { PublishedRuleset, RulesetLocation, RulesetUser } from '../../contracts/ruleset.ts'
import { rulesetHash } from '../../directory/steps/ruleset-hash.ts'
import { richDocument } from './rich-document.ts'

export const tenant = 'T'
/** Shops in nine time zones: id, region, zone, latitude, longitude, weight. */
const shops: [string, string, string, number, number, number][] = [
  ['atl1', 'south', 'America/New_York', 33.839, -84.38, 1],
  ['atl2', 'south', 'America/New_York', 33.7748, -84.2963, 2],
  ['atl3', 'south', 'America/New_York', 33.95, -84.55, 1],
  ['mia1', 'south', 'America/New_York', 25.7743, -80.1937, 1],
  ['nyc1', 'east', 'America/New_York', 40.7484, -73.9967, 1],
  ['nyc2', 'east', 'America/New_York', 40.7831, -73.9712, 1],
  ['bos1', 'east', 'America/New_York', 42.3588, -71.0578, 1],
  ['chi1', 'north', 'America/Chicago', 41.8781, -87.6298, 1],
  ['chi2', 'north', 'America/Chicago', 41.95, -87.75, 3],
  ['dal1', 'north', 'America/Chicago', 32.7767, -96.797, 5],
  ['dal2', 'north', 'America/Chicago', 32.9, -96.95, 2],
  ['den1', 'west', 'America/Denver', 39.7392, -104.9903, 1],
  ['phx1', 'west', 'America/Phoenix', 33.4484, -112.074, 1],
  ['lax1', 'west', 'America/Los_Angeles', 34.0522, -118.2437, 1],
  ['lax2', 'west', 'America/Los_Angeles', 34.15, -118.35, 1],
  ['sea1', 'west', 'America/Los_Angeles', 47.6062, -122.3321, 1],
  ['hnl1', 'west', 'Pacific/Honolulu', 21.3069, -157.8583, 1],
  ['stj1', 'canada', 'America/St_Johns', 47.5615, -52.7126, 1],
  ['tor1', 'canada', 'America/Toronto', 43.6426, -79.3871, 1],
  ['ber1', 'abroad', 'Europe/Berlin', 52.52, 13.405, 1],
  ['lhi1', 'abroad', 'Australia/Lord_Howe', -31.5553, 159.0821, 1],
  ['mil1', 'hq', 'UTC', 38.8719, -77.0563, 1],
  ['ovf1', 'hq', 'America/Chicago', 39.0997, -94.5786, 1],
]
export const locations: RulesetLocation[] = shops.map(([id, regionId, timeZone, latitude, longitude, weight]) => ({
  ...{ id, regionId, name: `Shop ${id}`, latitude, longitude, timeZone, weight },
}))

const user = (id: string, locationId: string, weight: number, more: Partial<RulesetUser> = {}): RulesetUser => ({
  ...{ id, locationId, name: `User ${id}`, weight, calendarId: null, skills: [], languages: [], leave: [] },
  ...more,
})
const users: RulesetUser[] = [
  user('ann', 'atl1', 5),
  user('bob', 'atl1', 2, { skills: ['roof'], calendarId: 'late' }),
  user('cyd', 'atl1', 0),
  user('dan', 'chi1', 1, { leave: [{ from: '2040-03-10', to: '2040-03-13' }] }),
  user('eve', 'chi1', 1, { languages: ['es'] }),
  user('fay', 'chi1', 3, { skills: ['roof', 'solar'], languages: ['en', 'es'] }),
  user('gus', 'lax1', 1),
  user('hal', 'lax1', 1, { calendarId: 'late' }),
  user('ida', 'lax2', 1, { calendarId: 'office' }),
  user('jon', 'dal1', 1),
  user('kim', 'dal1', 1),
  user('lee', 'tor1', 1),
]

/** Who takes nothing although the ruleset names him. */
export const statuses: Record<string, 'paused' | 'inactive'> = { atl3: 'paused', stj1: 'inactive', kim: 'inactive' }

/** Two versions of one organisation's rules, which between them use all that a ruleset can say. */
export const rulesets: PublishedRuleset[] = [1, 2].map((version) => {
  const parts = { document: richDocument(version as 1 | 2), locations, users }
  return { hash: rulesetHash(parts), ...parts }
})
