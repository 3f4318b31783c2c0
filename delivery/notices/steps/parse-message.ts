import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Decision } from '../../../contracts/decision.ts'
import { Delivery } from '../../../contracts/delivery.ts'

export const parseDecision = parserOf<Decision>(Decision)
export const parseDelivery = parserOf<Delivery>(Delivery)

/** The content of a message; null when it is not of this form. */
function parserOf<T>(schema: TSchema): (bytes: Uint8Array) => T | null {
  const compiled = Compile(schema)
  return (bytes) => {
    try {
      const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
      return compiled.Check(value) ? (value as T) : null
    } catch {
      return null
    }
  }
}
