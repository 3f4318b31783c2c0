import createError from '@fastify/error'
import type { Finding } from './steps/finding.ts'

/** Every fault that the control API tells its caller; docs/errors.md explains each code. */
export const problems = {
  unauthenticated: createError('UNAUTHENTICATED', 'Send a valid key as "Authorization: Bearer <key>".', 401),
  forbidden: createError('FORBIDDEN', 'This key may not do that.', 403),
  notFound: createError('NOT_FOUND', 'There is no %s with this id.', 404),
  badRequest: createError('BAD_REQUEST', '%s', 400),
  conflict: createError('CONFLICT', '%s', 409),
  notClaimable: createError('NOT_CLAIMABLE', '%s', 409),
  taken: createError('TAKEN', '%s', 409),
  ended: createError('ENDED', '%s', 409),
  ghlNotConnected: createError('GHL_NOT_CONNECTED', '%s', 409),
  ghlReconnect: createError('GHL_RECONNECT', '%s', 409),
  ghlCodeRefused: createError('GHL_CODE_REFUSED', '%s', 409),
  ghlOtherAgency: createError('GHL_OTHER_AGENCY', '%s', 409),
  ghlRefused: createError('GHL_REFUSED', '%s', 409),
  ghlRateLimited: createError('GHL_RATE_LIMITED', '%s', 503),
  ghlUnavailable: createError('GHL_UNAVAILABLE', '%s', 503),
  notSent: createError('NOT_SENT', '%s', 409),
  unavailable: createError('UNAVAILABLE', '%s', 503),
}

/** What a problem document says beyond the standard's members. */
export type Extensions = { findings?: Finding[]; takenBy?: string | null }

const SHOWN_MAX = 5

/** A ruleset that may not be stored or published: the first faults as text, all of them as `findings`. */
export function faultyRuleset(findings: Finding[]): Error & { extensions: Extensions } {
  const errors = findings.filter(({ severity }) => severity === 'error')
  const lines = errors.slice(0, SHOWN_MAX).map(({ path, message, fix }) => `${path || '/'}: ${message}; ${fix}.`)
  const count = errors.length === 1 ? 'One fault keeps' : `${errors.length} faults keep`
  const error = new problems.badRequest(`${count} this ruleset from being used. ${lines.join(' ')}`)
  return Object.assign(error, { extensions: { findings } })
}

/** Somebody else was first. */
export function takenLead(message: string, takenBy: string | null): Error & { extensions: Extensions } {
  return Object.assign(new problems.taken(message), { extensions: { takenBy } })
}
