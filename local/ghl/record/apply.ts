import type { Organisation, SubAccount } from '../organisation.ts'
import type {
  AcceptedHook,
  Contact,
  Counts,
  CustomField,
  Hook,
  Message,
  Note,
  Opportunity,
  State,
  Status,
  Verdict,
} from './state.ts'

/** One change of the simulator's world; the journal is a list of these, the state their sum. */
export type Change =
  | { k: 'organisation'; organisation: Organisation }
  | { k: 'contact'; contact: Contact }
  | { k: 'opportunity'; opportunity: Opportunity }
  | { k: 'location'; location: SubAccount }
  | { k: 'note'; note: Note }
  | { k: 'enrolment'; contactId: string; workflowId: string; on: boolean }
  | { k: 'message'; message: Message }
  | { k: 'customFields'; locationId: string; fields: CustomField[] }
  | { k: 'generation'; id: string; generation: number }
  | { k: 'refresh'; token: string; uses: number }
  | { k: 'scale'; timeScale: number }
  | { k: 'workflow'; url: string; secret: string }
  | { k: 'slot'; lead: boolean }
  | { k: 'hook'; hook: Hook }
  | { k: 'verdict'; webhookId: string; verdict: Verdict }
  | { k: 'again'; webhookId: string }
  | { k: 'sum'; slots: number; leads: number; byType: Record<string, number>; counts: Counts }
  | { k: 'accepted'; hooks: AcceptedHook[] }
  | { k: 'told'; opportunityId: string; statuses: Status[] }

export function apply(state: State, change: Change): void {
  switch (change.k) {
    case 'organisation':
      state.organisation = change.organisation
      state.locations = new Map(change.organisation.locations.map((location) => [location.id, location]))
      return
    case 'contact':
      putContact(state, change.contact)
      return
    case 'opportunity':
      state.opportunities.set(change.opportunity.id, change.opportunity)
      state.opportunityKeys.set(opportunityKey(change.opportunity), change.opportunity.id)
      return
    case 'location':
      putLocation(state, change.location)
      return
    case 'note':
      append(state.notes, change.note.contactId, change.note)
      return
    case 'enrolment':
      enrol(state, change.contactId, change.workflowId, change.on)
      return
    case 'message':
      append(state.messages, change.message.contactId, change.message)
      return
    case 'customFields':
      state.customFields.set(change.locationId, change.fields)
      return
    case 'generation':
      state.generations.set(change.id, change.generation)
      return
    case 'refresh':
      state.refresh = { token: change.token, uses: change.uses }
      return
    case 'scale':
      state.timeScale = change.timeScale
      return
    case 'workflow':
      state.workflow = { url: change.url, secret: change.secret }
      return
    case 'slot':
      state.slots += 1
      if (change.lead) state.leads += 1
      return
    case 'hook':
      state.pending.set(change.hook.webhookId, change.hook)
      return
    case 'verdict':
      settleHook(state, change.webhookId, change.verdict)
      return
    case 'again':
      state.counts.duplicates += 1
      return
    case 'sum':
      state.slots = change.slots
      state.leads = change.leads
      state.byType = change.byType
      state.counts = change.counts
      return
    case 'accepted':
      for (const hook of change.hooks) state.accepted.push(hook)
      return
    case 'told':
      state.told.set(change.opportunityId, new Set(change.statuses))
  }
}

function putLocation(state: State, location: SubAccount): void {
  const organisation = state.organisation!
  const others = organisation.locations.map((known) => (known.id === location.id ? location : known))
  state.organisation = { ...organisation, locations: others }
  state.locations.set(location.id, location)
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  lists.set(key, [...(lists.get(key) ?? []), item])
}

function enrol(state: State, contactId: string, workflowId: string, on: boolean): void {
  const workflows = state.enrolments.get(contactId) ?? new Set<string>()
  if (on) workflows.add(workflowId)
  else workflows.delete(workflowId)
  state.enrolments.set(contactId, workflows)
}

function putContact(state: State, contact: Contact): void {
  const before = state.contacts.get(contact.id)
  if (before) for (const key of contactKeys(before)) state.contactKeys.delete(key)
  state.contacts.set(contact.id, contact)
  for (const key of contactKeys(contact)) if (!state.contactKeys.has(key)) state.contactKeys.set(key, contact.id)
}

function settleHook(state: State, webhookId: string, verdict: Verdict): void {
  const hook = state.pending.get(webhookId)
  if (!hook) return
  state.pending.delete(webhookId)
  const counts = state.counts
  if (hook.kind === 'forged') {
    counts.forged += 1
    if (verdict === 'accepted') counts.forgedAccepted += 1
    return
  }
  if (verdict !== 'dropped') counts.sentUnique += 1
  counts[verdict] += 1
  if (hook.kind === 'unknown') counts.unknown += 1
  if (verdict !== 'accepted') return
  state.byType[hook.type] = (state.byType[hook.type] ?? 0) + 1
  const { type, locationId, intakeContactId } = hook
  state.accepted.push({ webhookId, type, locationId, ...(intakeContactId ? { intakeContactId } : {}) })
  if (hook.tells) {
    const told = state.told.get(hook.tells.opportunityId) ?? new Set<Status>()
    state.told.set(hook.tells.opportunityId, told.add(hook.tells.status))
  }
}

function contactKeys(contact: Pick<Contact, 'locationId' | 'fields'>): string[] {
  const { email, phone } = contact.fields
  return [
    ...(typeof email === 'string' && email ? [`${contact.locationId} ${email.toLowerCase()}`] : []),
    ...(typeof phone === 'string' && phone ? [`${contact.locationId} ${phone}`] : []),
  ]
}

export const opportunityKey = (of: { contactId: string; pipelineId: string }): string =>
  `${of.contactId} ${of.pipelineId}`
