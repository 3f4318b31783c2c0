import type { Counter, Place } from '../../decide/capacity/counter.ts'
import type { LedgerId } from './capacity-keys.ts'

/** One lead's wish: the ranked candidates, best first, each with all its counters. */
export type ReserveRequest = LedgerId & {
  /** The `now` of the decision: the instant that tells this reservation from a later one of the same (lead, attempt). */
  reservedAtMs: number
  /** `candidate` is `location` or `location/user`. */
  candidates: readonly { candidate: string; counters: readonly Counter[] }[]
  /** Kept beside the reservation, so that a redelivery after a crash decides on the same inputs. */
  inputs: string
}

export type ReserveAnswer =
  | { status: 'reserved'; epoch: string; candidate: string; places: Place[]; refused: Record<string, string> }
  | {
      status: 'stored'
      epoch: string
      candidate: string
      places: Place[]
      refused: Record<string, string>
      /** null when the reservation has been committed meanwhile. */
      inputs: string | null
    }
  /** `refused`: candidate -> the key of the counter that was full. */
  | { status: 'full'; epoch: string; refused: Record<string, string> }
  | { status: 'not-ready' }
