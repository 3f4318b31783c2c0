import Type, { type Static } from 'typebox'
import { closed, Id } from './ids.ts'

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

/** `09:00-17:30` in wall time. The end may be 24:00; an end at or before the start is on the next day (22:00-06:00). */
const Span = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d-(([01]\\d|2[0-3]):[0-5]\\d|24:00)$' })
const Spans = Type.Array(Span, { maxItems: 10 })

/** Opening hours in the wall time of the location that uses it. A weekday without spans is closed. */
export const Calendar = Type.Object(
  {
    id: Id,
    weekly: Type.Object(
      Object.fromEntries(weekdays.map((day) => [day, Type.Optional(Spans)])) as Record<
        Weekday,
        Type.TOptional<typeof Spans>
      >,
      closed,
    ),
    holidays: Type.Optional(
      Type.Array(
        Type.Object(
          {
            /** Local date, YYYY-MM-DD. */
            date: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
            name: Type.Optional(Type.String({ maxLength: 200 })),
            /** Hours instead of the weekday's; none or empty: closed all day. */
            hours: Type.Optional(Spans),
          },
          closed,
        ),
        { maxItems: 1_000 },
      ),
    ),
  },
  closed,
)
export type Calendar = Static<typeof Calendar>
