import type { Decision } from '../../../contracts/decision.ts'
import type { EffectiveSettings } from './merge-settings.ts'

/** Ids that GHL gives are 20 letters and digits, older ones 24; a made-up one would have the whole contact refused. */
const GHL_USER_ID = /^[A-Za-z0-9]{20,24}$/

/** The user of the sub-account who gets the lead; undefined: nobody in particular. */
export function ghlOwner({ userId }: Pick<Decision, 'userId'>, { owner }: EffectiveSettings): string | undefined {
  return owner && userId !== null && GHL_USER_ID.test(userId) ? userId : undefined
}
