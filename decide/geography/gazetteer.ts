import zipcodes from 'zipcodes'
import { distanceM } from '../../decide/geography/distance.ts'
import type { Gazetteer, Located } from '../../decide/geography/locate-lead.ts'

type Entry = zipcodes.Entry

/** Half the usual width of a ZIP or FSA; rural ones are larger, which the exact test of a territory cannot know. */
const CODE_ERROR_M = 5_000

/** US ZIPs and Canadian FSAs with their points, grouped once at start (44,000 codes, about 60 ms). */
export function createGazetteer(): Gazetteer {
  const codes = new Map(
    Object.values(zipcodes.codes)
      .filter(isOnTheMap)
      .map((entry) => [entry.zip, entry]),
  )
  const prefixes = new Map<string, Entry[]>()
  const cities = new Map<string, Entry[]>()
  for (const entry of codes.values()) {
    if (entry.country === 'US') append(prefixes, entry.zip.slice(0, 3), entry)
    append(cities, cityKey(entry.city.replace(/\s*\(.*$/, ''), stateCode(entry.state)), entry)
  }
  const point = (entry: Entry | undefined): Located | null =>
    entry ? { latitude: entry.latitude, longitude: entry.longitude, errorM: CODE_ERROR_M } : null
  return {
    zip: (code) => point(codes.get(code)),
    fsa: (code) => point(codes.get(code)),
    zip3: (prefix) => centre(prefixes.get(prefix)),
    city: (city, state) => centre(cities.get(cityKey(city, stateCode(state)))),
    stateOfZip: (code) => codes.get(code)?.state ?? null,
  }
}

/** The tables hold military post offices at (0, 0) and Santa Claus at the pole. */
const isOnTheMap = (entry: Entry): boolean =>
  !['AE', 'AA', 'AP'].includes(entry.state) && Math.abs(entry.latitude) < 85 && entry.latitude !== 0

const cityKey = (city: string, state: string): string => `${city.trim().toLowerCase()}|${state}`

function append(groups: Map<string, Entry[]>, key: string, entry: Entry): void {
  const group = groups.get(key)
  if (group) group.push(entry)
  else groups.set(key, [entry])
}

/** Centre of the group's points; the error reaches its farthest one. */
function centre(entries: Entry[] | undefined): Located | null {
  if (!entries?.length) return null
  const latitude = entries.reduce((sum, entry) => sum + entry.latitude, 0) / entries.length
  const longitude = entries.reduce((sum, entry) => sum + entry.longitude, 0) / entries.length
  const reachM = Math.max(...entries.map((entry) => distanceM(entry, { latitude, longitude })))
  return { latitude, longitude, errorM: Math.round(reachM + CODE_ERROR_M) }
}

/** The tables write Canadian provinces in full, forms write either. */
function stateCode(state: string): string {
  const text = state.trim()
  if (text.length === 2) return text.toUpperCase()
  return (zipcodes.states.normalize(text) ?? text).toUpperCase()
}
