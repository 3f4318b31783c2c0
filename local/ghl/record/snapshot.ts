import type { Change } from './apply.ts'
import type { State } from './state.ts'

/** The shortest journal that replays to this state: bodies of answered webhooks are left out. */
export function* snapshotLines(state: State): Generator<string> {
  let batch: Change[] = []
  for (const change of changesOf(state)) {
    batch.push(change)
    if (batch.length < 100) continue
    yield `${JSON.stringify(batch)}\n`
    batch = []
  }
  yield `${JSON.stringify(batch)}\n`
}

function* changesOf(state: State): Generator<Change> {
  if (state.organisation) yield { k: 'organisation', organisation: state.organisation }
  if (state.refresh) yield { k: 'refresh', ...state.refresh }
  yield { k: 'scale', timeScale: state.timeScale }
  if (state.workflow) yield { k: 'workflow', ...state.workflow }
  for (const contact of state.contacts.values()) yield { k: 'contact', contact }
  for (const opportunity of state.opportunities.values()) yield { k: 'opportunity', opportunity }
  for (const notes of state.notes.values()) for (const note of notes) yield { k: 'note', note }
  for (const messages of state.messages.values()) for (const message of messages) yield { k: 'message', message }
  for (const [locationId, fields] of state.customFields) yield { k: 'customFields', locationId, fields }
  for (const [contactId, workflows] of state.enrolments) {
    for (const workflowId of workflows) yield { k: 'enrolment', contactId, workflowId, on: true }
  }
  for (const [id, generation] of state.generations) yield { k: 'generation', id, generation }
  for (const [opportunityId, statuses] of state.told) yield { k: 'told', opportunityId, statuses: [...statuses] }
  for (const hook of state.pending.values()) yield { k: 'hook', hook }
  for (let from = 0; from < state.accepted.length; from += 1_000) {
    yield { k: 'accepted', hooks: state.accepted.slice(from, from + 1_000) }
  }
  yield { k: 'sum', slots: state.slots, leads: state.leads, byType: state.byType, counts: state.counts }
}
