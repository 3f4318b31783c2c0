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
  address: Type.Optional(Type.String()),
  intake: Type.Boolean(),
  /** False: suspended by the agency or for want of payment. */
  active: Type.Optional(Type.Boolean()),
  /** False: the app is not in it. */
  installed: Type.Optional(Type.Boolean()),
  /** False where not said: a second one is refused with the id of the first. */
  allowDuplicateContact: Type.Optional(Type.Boolean()),
  allowDuplicateOpportunity: Type.Optional(Type.Boolean()),
  /** As a snapshot or the location's own people made them; without them one, see `pipelinesOf`. */
  pipelines: Type.Optional(Type.Array(Type.Object({ name: Type.String(), stages: Type.Array(Type.String()) }))),
  workflows: Type.Optional(Type.Array(Type.Object({ id: Type.String(), name: Type.String(), status: Type.String() }))),
  users: Type.Optional(
    Type.Array(Type.Object({ id: Type.String(), name: Type.String(), email: Type.Optional(Type.String()) })),
  ),
  rates: Type.Optional(Rates),
})
export type SubAccount = Static<typeof SubAccount>

export const Organisation = Type.Object({
  companyId: Type.String({ minLength: 1 }),
  name: Type.Optional(Type.String()),
  /** False: the agency has thrown the app out, its tokens are void. */
  installed: Type.Optional(Type.Boolean()),
  locations: Type.Array(SubAccount),
})
export type Organisation = Static<typeof Organisation>

export const defaultRates: Rates = { reply: 0.6, book: 0.35, win: 0.2, lose: 0.3 }

export type Pipeline = { id: string; name: string; stages: { id: string; name: string; position: number }[] }

const usualPipelines = [{ name: 'Sales', stages: ['New Lead', 'Contacted', 'Appointment', 'Won'] }]

/** Sub-accounts have pipelines of the same name and each its own ids, as a loaded snapshot leaves them. */
export function pipelinesOf(seed: string, { id, pipelines = usualPipelines }: SubAccount): Pipeline[] {
  return pipelines.map(({ name, stages }, index) => {
    const of = index === 0 ? [id] : [id, name]
    return {
      id: entityId(seed, 'pipeline', ...of),
      name,
      stages: stages.map((stage, position) => ({
        id: uuidFor(seed, 'stage', ...of, stage),
        name: stage,
        position,
      })),
    }
  })
}

export const workflowsOf = (seed: string, { id, workflows }: SubAccount) =>
  workflows ?? [{ id: uuidFor(seed, 'workflow', id), name: 'Speed to lead', status: 'published' }]

export const usersOf = (seed: string, { id, users }: SubAccount) =>
  users ?? [{ id: entityId(seed, 'user', id), name: 'Front Office', email: `office@${id.toLowerCase()}.example.com` }]
