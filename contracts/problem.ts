import Type, { type Static } from 'typebox'

/** RFC 9457 problem document; `code` is stable and listed in docs/errors.md. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  requestId: Type.Optional(Type.String()),
})
export type Problem = Static<typeof Problem>
