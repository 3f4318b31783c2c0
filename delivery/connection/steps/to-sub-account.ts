import type { InstalledLocation, Location } from '../../ghl/steps/ghl-bodies.ts'

/** A sub-account as GHL describes it. Null: GHL does not say. */
export type SubAccountFacts = {
  id: string
  name: string
  address: string | null
  city: string | null
  state: string | null
  country: string | null
  postalCode: string | null
  timeZone: string | null
  installed: boolean
}

/** Two lists of GHL in one: where the app is, and what the places are. */
export function toSubAccounts(installed: InstalledLocation[], found: Location[]): SubAccountFacts[] {
  const places = new Map(found.map((place) => [place.id, place]))
  return installed.map(({ _id: id, name, address, isInstalled }) => {
    const place = places.get(id)
    return {
      id,
      name: text(name) ?? text(place?.name) ?? id,
      // The list of installations has the whole address in one line, the city again in it.
      address: place ? text(place.address) : text(address),
      city: text(place?.city),
      state: text(place?.state),
      country: text(place?.country),
      postalCode: text(place?.postalCode),
      timeZone: zone(text(place?.timezone)),
      installed: isInstalled === true,
    }
  })
}

const text = (value: string | undefined): string | null => value?.trim().slice(0, 200) || null

/** GHL names zones as `US/Central` too: what the runtime does not know is no zone. */
function zone(name: string | null): string | null {
  if (name === null) return null
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return null
  }
}
