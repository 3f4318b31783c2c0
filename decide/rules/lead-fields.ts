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

/**
 * Fields by name. `service` is the declared one that the form names, whatever the case; without one of that name, the
 * form's text. `value` is the form's number (`$1,200`), else the service's. Undeclared services have no points.
 */
export function leadFields(lead: Lead, policy: FieldPolicy, nowMs: number): LeadFields {
  return new Fields(lead, policy, nowMs, new Form(lead), {})
}

/** A class, as a closure per method and lead costs as much as deciding where a lead may go. */
class Fields implements LeadFields {
  private service: string | undefined
  private consent: boolean | undefined
  private readonly lead: Lead
  private readonly policy: FieldPolicy
  private readonly nowMs: number
  private readonly form: Form
  private readonly changes: FieldChanges

  constructor(lead: Lead, policy: FieldPolicy, nowMs: number, form: Form, changes: FieldChanges) {
    this.lead = lead
    this.policy = policy
    this.nowMs = nowMs
    this.form = form
    this.changes = changes
  }

  with(further: FieldChanges): LeadFields {
    return new Fields(this.lead, this.policy, this.nowMs, this.form, { ...this.changes, ...further })
  }

  read(field: RuleField): FieldValue {
    const { policy, changes, form } = this
    switch (field) {
      case 'service':
        return this.readService()
      case 'language': {
        const language = first(changes.language ?? form.read(policy.languageField))
        return language === undefined ? undefined : languageCode(String(language))
      }
      case 'value':
        return changes.value ?? toNumber(first(form.read(policy.valueField))) ?? this.worth()?.value
      case 'points':
        return this.worth()?.points
      case 'score':
        return changes.score
      case 'consent':
        return this.readConsent()
      case 'hour':
      case 'weekday':
        return policy.wallClock(this.nowMs)[field]
      default:
        return readPlain(field, this.lead, form)
    }
  }

  private readService(): string | undefined {
    this.service ??= toService(this.changes.service ?? this.form.read(this.policy.serviceField), this.policy)
    return this.service
  }

  private worth(): { points?: number | undefined; value?: number | undefined } | undefined {
    return this.policy.services.get(this.readService()?.toLowerCase() ?? '')
  }

  /** The condition of consent may not ask for consent: that reads as absent. */
  private readConsent(): boolean {
    const { consentGiven } = this.policy
    this.consent ??= consentGiven?.({ read: (name) => (name === 'consent' ? undefined : this.read(name)) }) ?? true
    return this.consent
  }
}

/** The lead's own form, read when a rule first asks for it. */
class Form {
  private values: Map<string, FieldValue> | undefined
  private readonly lead: Lead

  constructor(lead: Lead) {
    this.lead = lead
  }

  read(name: string): FieldValue {
    this.values ??= new Map(
      inOrder(this.lead.person.customFields).map(([key, value]) => [customName(key), toField(value)]),
    )
    return this.values.get(name)
  }
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
      return form.read(customName(field.slice('custom.'.length)))
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
