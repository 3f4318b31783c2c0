import Type, { type Static } from 'typebox'
import { entityId, uuidFor } from './people/draw.ts'

const Share = Type.Number({ minimum: 0, maximum: 1 })

/** Shares of the leads that a sub-account gets; they nest as a funnel: who wins has booked, who books has replied. */
export const Rates = Type.Object({ reply: Share, book: Share, win: Share, lose: Share })
export type Rates = Static<typeof Rates>

export const SubAccount = Type.Object({
  id: Type.String({ minLength: 1 }),
  name: Type.String(),
  city: Type.Optional(Type.String()),
  state: Type.Optional(Type.String()),
  country: Type.Optional(Type.String()),
  postalCode: Type.Optional(Type.String()),
  lat: Type.Optional(Type.Number()),
  lon: Type.Optional(Type.Number()),
  timezone: Type.Optional(Type.String()),
  intake: Type.Boolean(),
  active: Type.Optional(Type.Boolean()),
  rates: Type.Optional(Rates),
})
export type SubAccount = Static<typeof SubAccount>

export const Organisation = Type.Object({
  companyId: Type.String({ minLength: 1 }),
  name: Type.Optional(Type.String()),
  locations: Type.Array(SubAccount),
})
export type Organisation = Static<typeof Organisation>

export const defaultRates: Rates = { reply: 0.6, book: 0.35, win: 0.2, lose: 0.3 }

export type Pipeline = { id: string; name: string; stages: { id: string; name: string; position: number }[] }

/** Every sub-account has the same pipeline by name and its own by id, as a loaded snapshot leaves it. */
export function pipelineOf(seed: string, locationId: string): Pipeline {
  return {
    id: entityId(seed, 'pipeline', locationId),
    name: 'Sales',
    stages: ['New Lead', 'Contacted', 'Appointment', 'Won'].map((name, position) => ({
      id: uuidFor(seed, 'stage', locationId, name),
      name,
      position,
    })),
  }
}
