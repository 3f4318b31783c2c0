import Type, { type Static } from 'typebox'
import { Decision } from './decision.ts'
import { Person } from './event.ts'

/**
 * What the directory asks of the routers on `subjects.routerRequest` (core NATS, one of the queue group `router`
 * answers): only a router may assign, whoever wishes it.
 */
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** A dry run: nothing is stored, reserved or sent. */
const Preview = Type.Object({
  kind: Type.Literal('preview'),
  tenant: Type.String(),
  person: Type.Partial(Person),
  intakeLocationId: nullable(Type.String()),
  /** ISO 8601: as if it were then; null is now. */
  at: nullable(Type.String()),
  /** A draft to try; null is the published ruleset. */
  rulesetId: nullable(Type.String()),
})

export const returnReasons = ['duplicate', 'spam', 'bad-lead'] as const

/** A person with a key moves a lead. */
const ByHand = Type.Object({
  kind: Type.Enum(['claim', 'move', 'return']),
  tenant: Type.String(),
  leadId: Type.String(),
  /** claim, move: where to. */
  locationId: nullable(Type.String()),
  userId: nullable(Type.String()),
  /** return: why. */
  reason: nullable(Type.Enum(returnReasons)),
  /** Access key of who asks. */
  by: Type.String(),
})

export const RouterRequest = Type.Union([Preview, ByHand])
export type RouterRequest = Static<typeof RouterRequest>

export const refusals = ['NOT_FOUND', 'NOT_CLAIMABLE', 'TAKEN', 'NO_SUCH_LOCATION', 'ENDED', 'BUSY'] as const

export const RouterReply = Type.Union([
  Type.Object({ kind: Type.Enum(['decided', 'preview']), decision: Decision }),
  Type.Object({
    kind: Type.Literal('refused'),
    code: Type.Enum(refusals),
    /** For the person who asked. */
    message: Type.String(),
    /** TAKEN: who has it. */
    takenBy: nullable(Type.String()),
  }),
])
export type RouterReply = Static<typeof RouterReply>
