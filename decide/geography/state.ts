import zipcodes from 'zipcodes'
import { foldName } from './country.ts'

/** What the table of states leaves out or misspells: territories, freely associated states, military post. */
const FURTHER: Readonly<Record<string, string>> = {
  ...{ 'puerto rico': 'PR', 'virgin islands': 'VI', 'us virgin islands': 'VI', guam: 'GU', 'american samoa': 'AS' },
  ...{ 'northern mariana islands': 'MP', palau: 'PW', micronesia: 'FM', 'marshall islands': 'MH' },
  ...{ 'washington dc': 'DC', 'northwest territories': 'NT', yukon: 'YT', newfoundland: 'NL', pei: 'PE' },
  ...{ ae: 'AE', aa: 'AA', ap: 'AP' },
}
const byName = new Map([
  ...Object.entries(zipcodes.states.abbr).flatMap(([code, name]): [string, string][] => [
    [code.toLowerCase(), code],
    [foldName(name), code],
  ]),
  ...Object.entries(FURTHER).flatMap(([name, code]): [string, string][] => [
    [name, code],
    [code.toLowerCase(), code],
  ]),
])
const CANADIAN = new Set(['AB', 'BC', 'MB', 'NB', 'NL', 'NS', 'NT', 'NU', 'ON', 'PE', 'QC', 'SK', 'YT'])
const LENGTH_MAX = 64

/** Two letters of a US state or Canadian province as a form writes it; null when it is none. */
export function readState(text: string | null): string | null {
  return text === null || text.length > LENGTH_MAX ? null : (byName.get(foldName(text)) ?? null)
}

export const countryOfState = (state: string): 'US' | 'CA' => (CANADIAN.has(state) ? 'CA' : 'US')

/** Canada Post: the first letter says the province; X is parted between the two territories. */
const PROVINCES: Readonly<Record<string, string>> = {
  ...{ A: 'NL', B: 'NS', C: 'PE', E: 'NB', G: 'QC', H: 'QC', J: 'QC', K: 'ON', L: 'ON', M: 'ON', N: 'ON', P: 'ON' },
  ...{ R: 'MB', S: 'SK', T: 'AB', V: 'BC', X: 'NT', Y: 'YT' },
}

export function provinceOfFsa(fsa: string): string | null {
  if (/^X0[ABC]/.test(fsa)) return 'NU'
  return PROVINCES[fsa[0] ?? ''] ?? null
}
