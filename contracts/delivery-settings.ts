import Type, { type Static } from 'typebox'

/** Whose setting it is. The nearest that says something wins: location, then region, then agency, then the default. */
export const settingScopes = ['agency', 'region', 'location'] as const
export const SettingScope = Type.Enum(settingScopes)
export type SettingScope = Static<typeof SettingScope>

const Name = Type.String({ minLength: 1, maxLength: 200 })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** How a lead is written to its sub-account. Everything of GHL is named, not numbered: ids differ in each sub-account. */
export const DeliverySettings = Type.Object(
  {
    /** Pipeline and stage by name, upper and lower case alike; without them the first of the sub-account. */
    pipeline: Type.Optional(Name),
    stage: Type.Optional(Name),
    /** A note on the contact with the sentence of why; on when not said. */
    note: Type.Optional(Type.Boolean()),
    /** The contact and opportunity get the user that was decided on; on when not said. */
    owner: Type.Optional(Type.Boolean()),
    /** Text field of the contact that holds our lead id, made where it is missing; `hexroute lead id` when not said; null: none. */
    leadIdField: Type.Optional(nullable(Name)),
    /** Workflow of the sub-account to enrol the contact in, by name; none when not said. Never for silent leads. */
    workflow: Type.Optional(nullable(Name)),
  },
  { additionalProperties: false },
)
export type DeliverySettings = Static<typeof DeliverySettings>
