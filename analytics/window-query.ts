import Type from 'typebox'
import { Refusal } from './problems.ts'
import { windowMs, windowPattern } from './steps/window.ts'

export const windowQuery = Type.String({
  pattern: windowPattern,
  default: '7d',
  description: 'the last …: 24h, 7d; at most 400d. Days are of 24 hours and end now',
})

/** Milliseconds. @throws Refusal when it is longer than 400 days */
export function windowOf(window: string): number {
  const ms = windowMs(window)
  if (ms === null) throw new Refusal('BAD_REQUEST', 'window: at most 400d')
  return ms
}
