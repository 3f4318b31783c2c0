import type { Decision } from '../../../contracts/decision.ts'
import type { Person } from '../../../contracts/event.ts'
import type { Place } from '../../../contracts/place.ts'
import { e164, mailbox } from '../../../decide/contact-details.ts'

/** A cell of the maps, and a postal code, are some thousand people; metres to three locations would be a house. */
const DISTANCE_STEP_M = 1_000
const EXACT = new Set<Place['precision']>(['coordinates', 'zip4'])
/** Shorter texts are words that anybody writes. */
const TEXT_LENGTH_MIN = 5

export const isExact = ({ precision }: Pick<Place, 'precision'>): boolean => EXACT.has(precision)

/** Postal code (ZIP or FSA), state, country and cell stay: demand is counted by them. */
export const withoutPoint = (place: Place): Place =>
  isExact(place) ? { ...place, plus4: null, latitude: null, longitude: null } : { ...place, plus4: null }

/** How the person was written: a text that holds one of these is about him. */
export function textsOf(people: readonly Partial<Person>[]): string[] {
  const texts = people.flatMap(({ firstName, lastName, email, phone, address, country }) => [
    ...(firstName && lastName ? [`${firstName} ${lastName}`] : []),
    ...[email, mailbox(email), phone, e164(phone, country), address],
  ])
  return [...new Set(texts.map((text) => text?.trim() ?? '').filter((text) => text.length >= TEXT_LENGTH_MIN))]
}

/** The decision without the exact point and without a text of the person; the same one when it held neither. */
export function withoutPerson(decision: Decision, texts: readonly string[]): Decision {
  const coarse = isExact(decision.place)
    ? {
        ...decision,
        candidates: decision.candidates.map((candidate) => ({ ...candidate, distanceM: rounded(candidate.distanceM) })),
      }
    : decision
  return withoutTexts({ ...coarse, place: withoutPoint(decision.place) }, lowerCase(texts)) as Decision
}

const rounded = (metres: number | null): number | null =>
  metres === null ? null : Math.round(metres / DISTANCE_STEP_M) * DISTANCE_STEP_M

const lowerCase = (texts: readonly string[]): string[] => texts.map((text) => text.toLowerCase())

function withoutTexts(value: unknown, texts: readonly string[]): unknown {
  if (typeof value === 'string') {
    const lower = value.toLowerCase()
    return texts.some((text) => lower.includes(text)) ? 'erased' : value
  }
  if (Array.isArray(value)) return value.map((item) => withoutTexts(item, texts))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutTexts(inner, texts)]))
}
