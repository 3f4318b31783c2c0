import { IANAZone } from 'luxon'
import { type RulesetDocument, type Weekday, weekdays } from '../../contracts/ruleset.ts'
import { compileExpression, type Predicate } from './compile-expression.ts'

export type WallClock = { hour: number; weekday: Weekday }

/** What a ruleset says about reading leads, made ready once. */
export type FieldPolicy = {
  /** Names of the form's own fields, folded as `customName` folds them. */
  serviceField: string
  languageField: string
  valueField: string
  /** Folded id -> the service as declared. */
  services: ReadonlyMap<string, { id: string; points?: number | undefined; value?: number | undefined }>
  /** null: consent counts as given. */
  consentGiven: Predicate | null
  /** Of the tenant's zone. @throws RangeError when it is no IANA zone, for the first lead that is asked. */
  wallClock: (nowMs: number) => WallClock
}

type Source = Pick<RulesetDocument, 'fields' | 'services' | 'consent' | 'timeZone'>

export function compileFieldPolicy({ fields, services, consent, timeZone }: Source): FieldPolicy {
  return {
    serviceField: customName(fields?.service ?? 'service'),
    languageField: customName(fields?.language ?? 'language'),
    valueField: customName(fields?.value ?? 'value'),
    services: new Map((services ?? []).map((service) => [service.id.toLowerCase(), service])),
    consentGiven: consent?.given ? compileExpression(consent.given) : null,
    wallClock: createWallClock(timeZone ?? 'UTC'),
  }
}

/** GHL writes a field's key as `contact.roof_age`, people write `Roof_Age`. */
export const customName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/^contact\./, '')

/** Offsets are whole quarters of an hour and change at one: within a quarter the answer stays. */
const QUARTER_MS = 15 * 60_000
const DAY_MS = 86_400_000

function createWallClock(timeZone: string): FieldPolicy['wallClock'] {
  let quarter = Number.NaN
  let clock: WallClock = { hour: 0, weekday: 'mon' }
  return (nowMs) => {
    const asked = Math.floor(nowMs / QUARTER_MS)
    if (asked === quarter) return clock
    const zone = IANAZone.create(timeZone)
    if (!zone.isValid) throw new RangeError(`unknown time zone ${timeZone}`)
    const wallMs = nowMs + zone.offset(nowMs) * 60_000
    const date = Math.floor(wallMs / DAY_MS)
    // 1970-01-01 was a Thursday, the fourth of `weekdays`.
    clock = { hour: Math.floor((wallMs - date * DAY_MS) / 3_600_000), weekday: weekdays[(((date + 3) % 7) + 7) % 7]! }
    quarter = asked
    return clock
  }
}
