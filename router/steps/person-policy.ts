import type { RulesetDocument } from '../../contracts/ruleset.ts'

/** What the ruleset says about people who ask again. */
export type PersonPolicy = {
  /** Within so many minutes of another submission of the same person it is the same lead. */
  duplicateMinutes: number
  /** For so many days a lost lead comes back to who lost it. */
  lostDays: number
  /** False: nobody's earlier enquiry draws the next one. */
  isSticky: boolean
}

const DUPLICATE_MINUTES = 10
const LOST_DAYS = 90

export const personPolicy = ({ duplicateMinutes, sticky }: RulesetDocument): PersonPolicy => ({
  duplicateMinutes: duplicateMinutes ?? DUPLICATE_MINUTES,
  lostDays: sticky?.lostDays ?? LOST_DAYS,
  isSticky: sticky?.enabled !== false,
})
