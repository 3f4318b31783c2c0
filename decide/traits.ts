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

export const readTraits = (fields: LeadFields): Traits => ({
  service: textOf(fields.read('service')),
  language: textOf(fields.read('language')),
  dnd: fields.read('dnd') === true,
  consent: fields.read('consent') === true,
  points: wholeOf(fields.read('points')),
  value: wholeOf(fields.read('value')),
})

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const wholeOf = (value: unknown): number =>
  typeof value === 'number' && value > 0 ? Math.min(Math.round(value), WORTH_MAX) : 0
