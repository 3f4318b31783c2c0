import type { FactKind } from '../../contracts/lead-fact.ts'

/**
 * Does this fact keep the promise of a first touch: a human call or message, a meeting, a status move? `open` does not: the
 * opportunity that we write ourselves comes back as one.
 */
export function isTouch(fact: FactKind): boolean {
  switch (fact) {
    case 'contacted':
    case 'appointment':
    case 'moved':
    case 'won':
    case 'lost':
    case 'abandoned':
    case 'unqualified':
      return true
    case 'replied':
    case 'cancelled':
    case 'open':
      return false
  }
}
