import type { Change } from '../record/apply.ts'
import type { Hook, State } from '../record/state.ts'
import { contactFields, hookOf, type Sending } from '../webhooks/bodies.ts'
import { type Draw, drawFor, entityId, pick } from './draw.ts'
import { intakeContact, leadHook, workflowHook } from './lead.ts'
import { personOf } from './person.ts'
import type { Traffic } from './traffic-request.ts'
import type { ZipCodes } from './zip-codes.ts'

export type Slot = { changes: Change[]; hooks: Hook[] }

/** A late webhook is overtaken by those of this long. */
const HELD_MS_MAX = 2_000

/** What happens in the n-th slot of the traffic: a lead, a forgery, or a webhook that the app does not want. */
export function slotOf(sending: Sending, state: State, traffic: Traffic, zips: ZipCodes): Slot {
  const number = state.slots
  const draw = drawFor(sending.seed, 'slot', number)
  const subAccounts = state.organisation?.locations ?? []
  const intakes = subAccounts.filter((location) => location.intake)
  const kind = draw()
  const intake = pick(draw, intakes)
  const homes = subAccounts.filter((location) => !location.intake)
  const contact = intakeContact(sending, number, personOf(sending.seed, number, homes, zips), intake)
  if (kind < traffic.badSignatureShare) {
    const about = { type: 'ContactCreate', locationId: intake.id, kind: 'forged', key: contact.id } as const
    return { changes: [{ k: 'slot', lead: false }], hooks: [hookOf(sending, about, contactFields(contact))] }
  }
  if (kind < traffic.badSignatureShare + traffic.unknownShare) {
    return { changes: [{ k: 'slot', lead: false }], hooks: [unwanted(sending, number, draw, intake.id)] }
  }
  const extra = {
    duplicate: draw() < traffic.duplicateShare,
    heldMs: draw() < traffic.reorderShare ? Math.ceil(draw() * HELD_MS_MAX) : 0,
  }
  const byWorkflow = draw() < traffic.workflowShare
  const hook = byWorkflow ? workflowHook(sending, contact, intake) : leadHook(sending, contact, extra)
  return {
    changes: [
      { k: 'slot', lead: true },
      { k: 'contact', contact },
    ],
    hooks: [hook],
  }
}

function unwanted(sending: Sending, slot: number, draw: Draw, intakeId: string): Hook {
  const id = entityId(sending.seed, 'unwanted', slot)
  const [type, locationId] =
    draw() < 0.5
      ? ['VoiceAiCallEnd', intakeId]
      : ['ContactCreate', entityId(sending.seed, 'unknown sub-account', slot % 7)]
  return hookOf(
    sending,
    { type, locationId, kind: 'unknown', key: id },
    { id, dateAdded: new Date(sending.now()).toISOString() },
  )
}
