import { expect, it } from 'vitest'
import { compileHours } from '../hours/open-hours.ts'
import { slaDeadline } from './sla-deadline.ts'

const policy = { minutes: 30 }
const nineToFive = compileHours({
  id: 'h',
  weekly: Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, ['09:00-17:00']])),
})
const due = (from: string, hours = nineToFive) =>
  new Date(slaDeadline(policy, hours, 'America/New_York', Date.parse(from))).toISOString()

it('without hours the clock of a first touch always runs', () => {
  const fromMs = Date.UTC(2026, 2, 6, 22)
  expect(slaDeadline(policy, null, 'America/New_York', fromMs)).toBe(fromMs + 30 * 60_000)
})

it('a lead of Friday evening is due on Monday, half an hour after the opening of the summer that began meanwhile', () => {
  expect(due('2026-03-06T22:30:00Z')).toBe('2026-03-09T13:30:00.000Z')
})

it('minutes before closing count, the rest runs on the next open day', () => {
  expect(due('2026-03-05T21:50:00Z')).toBe('2026-03-06T14:20:00.000Z')
})
