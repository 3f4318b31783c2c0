import type { RulesetDocument, RulesetLocation, RulesetUser } from '../../contracts/ruleset.ts'

/** Closed. An error keeps a ruleset from being published; a warning is told and left to the operator. */
export const findingSeverities = {
  DANGLING_LOCATION: 'error',
  DANGLING_REGION: 'error',
  DANGLING_USER: 'error',
  DANGLING_CALENDAR: 'error',
  DANGLING_SERVICE: 'error',
  DOUBLED_ID: 'error',
  DOUBLED_CAP: 'error',
  EXCLUSIVE_CONFLICT: 'error',
  RADIUS_UNIT: 'error',
  BAD_TIME_ZONE: 'error',
  BAD_DATE: 'error',
  BAD_SPAN: 'error',
  EXPRESSION_TOO_DEEP: 'error',
  RULE_NAMES_NOBODY: 'error',
  WIDEN_NOT_RISING: 'error',
  POND_GROUP_USELESS: 'error',
  HOLD_USELESS: 'warning',
  OWNER_CONTRACT_UNUSED: 'warning',
  CAP_ZERO: 'warning',
  EXPIRED_HOLIDAYS: 'warning',
  NEVER_OPEN: 'warning',
  UNREACHABLE_RULE: 'warning',
  NEVER_TRUE: 'warning',
  RULE_REFUSES_ALL: 'warning',
  NO_REACH: 'warning',
  USERS_WITHOUT_SHARE: 'warning',
  USERS_MISSING: 'warning',
  UNCOVERED_ZIPS: 'warning',
  OVERLAPPING_EXCLUSIVE: 'warning',
} as const
export type FindingCode = keyof typeof findingSeverities

/** One fault of a ruleset: where it is, and what mends it. */
export type Finding = {
  severity: 'error' | 'warning'
  code: FindingCode
  /** JSON pointer into the document; `/locations/3` and `/users/3` are positions in the lists given beside it. */
  path: string
  message: string
  fix: string
}

/** What is about to be published. */
export type Draft = {
  document: RulesetDocument
  locations: readonly RulesetLocation[]
  users: readonly RulesetUser[]
  nowMs: number
}

export const finding = (code: FindingCode, path: string, message: string, fix: string): Finding => ({
  severity: findingSeverities[code],
  code,
  path,
  message,
  fix,
})

const NAMED_MAX = 5

/** The first few of a long list, and how many more there are. */
export const fewOf = (names: readonly string[]): string =>
  names.slice(0, NAMED_MAX).join(', ') + (names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : '')
