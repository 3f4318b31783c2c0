import type { Rates } from '../organisation.ts'
import { drawFor } from './draw.ts'

export type Step = 'reply' | 'book' | 'win' | 'lose'
export type PlannedStep = { step: Step; afterMs: number }

const MINUTE_MS = 60_000

/**
 * What a person does once a sub-account has an opportunity for him. One number decides how far he goes, so the steps
 * nest: of the winners all have booked, of those who booked all have replied. Depends on seed and person, not on order.
 */
export function fateOf(seed: string, personKey: string, rates: Rates): PlannedStep[] {
  const draw = drawFor(seed, 'fate', personKey)
  const keenness = draw()
  const reply = (2 + draw() * 28) * MINUTE_MS
  const book = reply + (10 + draw() * 80) * MINUTE_MS
  const outcome = book + (60 + draw() * 180) * MINUTE_MS
  const wins = keenness < rates.win
  const steps: PlannedStep[] = []
  if (keenness < Math.max(rates.reply, rates.book, rates.win)) steps.push({ step: 'reply', afterMs: reply })
  if (keenness < Math.max(rates.book, rates.win)) steps.push({ step: 'book', afterMs: book })
  if (wins) steps.push({ step: 'win', afterMs: outcome })
  if (!wins && keenness >= 1 - rates.lose) steps.push({ step: 'lose', afterMs: outcome })
  return steps
}

/** Whole dollars that a won job brings, between 400 and 8,400. */
export const jobValueOf = (seed: string, personKey: string): number =>
  400 + Math.floor(drawFor(seed, 'value', personKey)() * 8_000)
