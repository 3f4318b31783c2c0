import type { RuleField } from '../../contracts/ruleset.ts'
import type { Lead } from '../lead.ts'
import type { FieldValue, Readable } from './compile-expression.ts'
import { customName, type FieldPolicy } from './field-policy.ts'
import { languageCode } from './language-code.ts'
import { numberOf, type Scalar } from './scalar.ts'

/** What rules may give a lead, and its score once it is known. */
export type FieldChanges = {
  service?: string | undefined
  language?: string | undefined
  value?: number | undefined
  score?: number | undefined
}

/** A lead as the rules see it. */
export type LeadFields = Readable & {
  /** The same lead with these fields instead; what depends on them (points, value, consent) follows. */
  with: (changes: FieldChanges) => LeadFields
}

/** The lead's own forms, read when a rule first asks for one. */
type Form = (name: string) => FieldValue

/**
 * Fields by name. `service` is the declared one that the form names, whatever the case; without one of that name, the
 * form's text. `value` is the form's number (`$1,200`), else the service's. Undeclared services have no points.
 */
export function leadFields(lead: Lead, policy: FieldPolicy, nowMs: number): LeadFields {
  return fieldsWith(lead, policy, nowMs, lazily(lead), {})
}

function fieldsWith(lead: Lead, policy: FieldPolicy, nowMs: number, form: Form, changes: FieldChanges): LeadFields {
  let service: string | undefined
  let consent: boolean | undefined
  const serviceOf = (): string | undefined => {
    service ??= toService(changes.service ?? form(policy.serviceField), policy)
    return service
  }
  const worth = () => policy.services.get(serviceOf()?.toLowerCase() ?? '')
  const fields: LeadFields = {
    with: (further) => fieldsWith(lead, policy, nowMs, form, { ...changes, ...further }),
    read: (field) => {
      switch (field) {
        case 'service':
          return serviceOf()
        case 'language': {
          const language = first(changes.language ?? form(policy.languageField))
          return language === undefined ? undefined : languageCode(String(language))
        }
        case 'value':
          return changes.value ?? toNumber(first(form(policy.valueField))) ?? worth()?.value
        case 'points':
          return worth()?.points
        case 'score':
          return changes.score
        case 'consent': {
          // The condition of consent may not ask for consent: that reads as absent.
          const withoutConsent: Readable = { read: (name) => (name === 'consent' ? undefined : fields.read(name)) }
          consent ??= policy.consentGiven?.(withoutConsent) ?? true
          return consent
        }
        case 'hour':
        case 'weekday':
          return policy.wallClock(nowMs)[field]
        default:
          return readPlain(field, lead, form)
      }
    },
  }
  return fields
}

type Computed = 'service' | 'language' | 'value' | 'points' | 'score' | 'consent' | 'hour' | 'weekday'

function readPlain(field: Exclude<RuleField, Computed>, lead: Lead, form: Form): FieldValue {
  const { person, place } = lead
  switch (field) {
    case 'source':
      return person.source ?? undefined
    case 'tags':
      return person.tags
    case 'city':
      return person.city ?? undefined
    case 'state':
      return place.state ?? person.state ?? undefined
    case 'country':
      return place.country ?? person.country ?? undefined
    case 'postalCode':
      return place.postalCode ?? person.postalCode ?? undefined
    case 'precision':
      return place.precision
    case 'intakeLocationId':
      return lead.intakeLocationId
    case 'emailDomain':
      return person.email?.includes('@') ? person.email.split('@').at(-1)?.trim().toLowerCase() : undefined
    case 'hasEmail':
      return isSaid(person.email)
    case 'hasPhone':
      return isSaid(person.phone)
    case 'dnd':
      return person.dnd === true
    case 'attempt':
      return lead.attempt
    default:
      return form(customName(field.slice('custom.'.length)))
  }
}

function lazily({ person }: Lead): Form {
  let values: Map<string, FieldValue> | undefined
  return (name) => {
    values ??= new Map(inOrder(person.customFields).map(([key, value]) => [customName(key), toField(value)]))
    return values.get(name)
  }
}

/** Two keys may fold to one name. Which of them is read must not hang on their order, which Postgres does not keep. */
const inOrder = (fields: Record<string, unknown>): [string, unknown][] =>
  Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))

const isScalar = (value: unknown): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value)

function toField(value: unknown): FieldValue {
  if (Array.isArray(value)) return value.filter(isScalar)
  return isScalar(value) ? value : undefined
}

/** Of a multiple choice the first: one lead asks for one service. */
const first = (value: FieldValue): Scalar | undefined => (typeof value === 'object' ? value[0] : (value as Scalar))

function toService(value: FieldValue, policy: FieldPolicy): string | undefined {
  const text = String(first(value) ?? '').trim()
  if (text === '') return undefined
  return policy.services.get(text.toLowerCase())?.id ?? text
}

/** Amounts count in caps: a negative one would make room. */
function toNumber(value: Scalar | undefined): number | undefined {
  const text = String(value ?? '').replace(/[$€£,\s]/g, '')
  const number = typeof value === 'number' ? value : numberOf(text.toLowerCase())
  return number !== null && Number.isFinite(number) && number >= 0 ? number : undefined
}

const isSaid = (text: string | null): boolean => text !== null && text.trim() !== ''
