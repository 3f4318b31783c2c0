import { defaultRates } from '../organisation.ts'
import type { Journal } from '../record/journal.ts'
import type { Contact, Hook, Opportunity } from '../record/state.ts'
import { hookOf, opportunityHooks, type Sending } from '../webhooks/bodies.ts'
import type { Sender } from '../webhooks/sender.ts'
import { entityId } from './draw.ts'
import { fateOf, jobValueOf, type PlannedStep, type Step } from './fates.ts'
import { personKeyOf } from './person-key.ts'

export type Customers = {
  /** Plans what follows on a new opportunity. */
  expect: (opportunity: Opportunity) => void
  /** Plans again for all opportunities: at start, and after the time scale changed. */
  replan: () => void
  pending: () => number
  close: () => void
}

/** Plays replies, bookings, wins and losses when their time has come. */
export function createCustomers(journal: Journal, sender: Sender, sending: Sending): Customers {
  const timers = new Map<string, NodeJS.Timeout>()
  const { state } = journal

  const expect = (opportunity: Opportunity): void => {
    const next = nextStep(opportunity)
    if (!next) return void timers.delete(opportunity.id)
    const dueMs = Date.parse(opportunity.createdAt) + next.afterMs * state.timeScale
    const timer = setTimeout(() => void play(opportunity.id, next.step), Math.max(0, dueMs - sending.now()))
    clearTimeout(timers.get(opportunity.id))
    timers.set(opportunity.id, timer)
  }

  const nextStep = (opportunity: Opportunity): PlannedStep | undefined => {
    const contact = state.contacts.get(opportunity.contactId)
    if (!contact) return undefined
    const rates = state.locations.get(opportunity.locationId)?.rates ?? defaultRates
    return fateOf(sending.seed, personKeyOf(contact), rates).find(({ step }) => !opportunity.played.includes(step))
  }

  const play = async (id: string, step: Step): Promise<void> => {
    const before = state.opportunities.get(id)!
    const contact = state.contacts.get(before.contactId)!
    const played = { ...before, played: [...before.played, step] }
    const { opportunity, hooks } = act(sending, step, played, contact)
    await sender.emit([{ k: 'opportunity', opportunity }], hooks)
    expect(state.opportunities.get(id)!)
  }

  return {
    expect,
    replan: () => {
      for (const opportunity of state.opportunities.values()) expect(opportunity)
    },
    pending: () => timers.size,
    close: () => {
      for (const timer of timers.values()) clearTimeout(timer)
    },
  }
}

type Act = { opportunity: Opportunity; hooks: Hook[] }

function act(sending: Sending, step: Step, opportunity: Opportunity, contact: Contact): Act {
  switch (step) {
    case 'reply':
      return { opportunity, hooks: [replyHook(sending, contact)] }
    case 'book':
      return { opportunity, hooks: [bookingHook(sending, contact)] }
    case 'win':
    case 'lose':
      return decide(sending, step, opportunity, contact)
  }
}

/** The desk closes the job; a status that somebody set by the API before stands. */
function decide(sending: Sending, step: 'win' | 'lose', opportunity: Opportunity, contact: Contact): Act {
  if (opportunity.status !== 'open') return { opportunity, hooks: [] }
  const at = new Date(sending.now()).toISOString()
  const origin = { kind: 'fate', key: step } as const
  const valued =
    step === 'win' && opportunity.monetaryValue === 0
      ? { ...opportunity, monetaryValue: jobValueOf(sending.seed, personKeyOf(contact)), updatedAt: at }
      : opportunity
  const status = step === 'win' ? 'won' : 'lost'
  const closed: Opportunity = { ...valued, status, updatedAt: at, lastStatusChangeAt: at }
  return {
    opportunity: closed,
    hooks: [
      ...(valued === opportunity ? [] : opportunityHooks(sending, 'OpportunityMonetaryValueUpdate', valued, origin)),
      ...opportunityHooks(sending, 'OpportunityStatusUpdate', closed, origin),
    ],
  }
}

function replyHook(sending: Sending, contact: Contact): Hook {
  const about = { type: 'InboundMessage', locationId: contact.locationId, kind: 'fate', key: contact.id } as const
  return hookOf(sending, about, {
    attachments: [],
    body: 'Thanks for getting back to me. When could someone come by?',
    contactId: contact.id,
    contentType: 'text/plain',
    conversationId: entityId(sending.seed, 'conversation', contact.id),
    dateAdded: new Date(sending.now()).toISOString(),
    direction: 'inbound',
    messageId: entityId(sending.seed, 'message', contact.id),
    messageType: 'SMS',
    status: 'delivered',
  })
}

function bookingHook(sending: Sending, contact: Contact): Hook {
  const { locationId } = contact
  const day = (days: number, minutes: number) =>
    new Date(Math.floor(sending.now() / 3_600_000) * 3_600_000 + days * 86_400_000 + minutes * 60_000).toISOString()
  const at = new Date(sending.now()).toISOString()
  return hookOf(
    sending,
    { type: 'AppointmentCreate', locationId, kind: 'fate', key: contact.id },
    {
      appointment: {
        id: entityId(sending.seed, 'appointment', contact.id),
        title: 'Site visit',
        calendarId: entityId(sending.seed, 'calendar', locationId),
        contactId: contact.id,
        appointmentStatus: 'confirmed',
        assignedUserId: entityId(sending.seed, 'user', locationId),
        source: 'booking_widget',
        startTime: day(2, 0),
        endTime: day(2, 30),
        dateAdded: at,
        dateUpdated: at,
      },
    },
  )
}
