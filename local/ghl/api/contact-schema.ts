import Type, { type Static } from 'typebox'

const text = Type.Optional(Type.Union([Type.String(), Type.Null()]))

const fields = {
  firstName: text,
  lastName: text,
  name: text,
  email: text,
  gender: text,
  phone: text,
  address1: text,
  city: text,
  state: text,
  postalCode: Type.Optional(Type.String()),
  website: text,
  timezone: text,
  dnd: Type.Optional(Type.Boolean()),
  dndSettings: Type.Optional(Type.Object({})),
  inboundDndSettings: Type.Optional(Type.Object({})),
  tags: Type.Optional(Type.Array(Type.String())),
  customFields: Type.Optional(
    Type.Array(
      Type.Object({
        id: Type.Optional(Type.String()),
        key: Type.Optional(Type.String()),
        field_value: Type.Optional(Type.Unknown()),
        value: Type.Optional(Type.Unknown()),
      }),
    ),
  ),
  source: text,
  dateOfBirth: Type.Optional(Type.Unknown()),
  country: Type.Optional(Type.String()),
  companyName: text,
  assignedTo: text,
}

/** An unknown property is a 422, as with GHL: hence no additional ones anywhere. */
export const UpdateContactBody = Type.Object(fields, { additionalProperties: false })
export const CreateContactBody = Type.Object(
  { ...fields, locationId: Type.String({ minLength: 1 }) },
  { additionalProperties: false },
)
export const UpsertContactBody = Type.Object(
  { ...CreateContactBody.properties, createNewIfDuplicateAllowed: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
)
export type ContactWrite = Static<typeof UpdateContactBody>

export const SearchContactsBody = Type.Object({
  locationId: Type.String({ minLength: 1 }),
  page: Type.Optional(Type.Integer({ minimum: 1 })),
  pageLimit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  searchAfter: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Number()]))),
  query: Type.Optional(Type.String()),
  filters: Type.Optional(Type.Array(Type.Unknown())),
  sort: Type.Optional(
    Type.Array(
      Type.Object({ field: Type.String(), direction: Type.Union([Type.Literal('asc'), Type.Literal('desc')]) }),
    ),
  ),
})
export type ContactSearch = Static<typeof SearchContactsBody>
