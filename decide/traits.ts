import type { LeadFields } from './rules/lead-fields.ts'

/** What filters and caps ask of a lead, read once. */
export type Traits = {
  service: string | null
  language: string | null
  /** Asked not to be contacted. */
  dnd: boolean
  consent: boolean
  /** Integers: what the lead counts in caps of these metrics. */
  points: number
  value: number
}

/** The largest limit of a cap. A form may say 1e21, which no counter can add. */
const WORTH_MAX = 1_000_000_000

export function readTraits(fields: LeadFields): Traits {
  const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
  const whole = (value: unknown): number =>
    typeof value === 'number' && value > 0 ? Math.min(Math.round(value), WORTH_MAX) : 0
  return {
    service: text(fields.read('service')),
    language: text(fields.read('language')),
    dnd: fields.read('dnd') === true,
    consent: fields.read('consent') === true,
    points: whole(fields.read('points')),
    value: whole(fields.read('value')),
  }
}
