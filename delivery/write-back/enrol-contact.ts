import { type LeadWrite, orWarn, warn } from './lead-write.ts'
import { named } from './steps/named.ts'

/**
 * Puts the contact into the location's workflow of the set name, last of all: what it sends may need all the rest. Never
 * for silent leads, and once per lead and location. GHL cannot be asked who is in a workflow: after a try whose end is
 * unknown the call is made again, and a contact that is in the workflow already does not enter it twice.
 */
export async function enrolContact(write: LeadWrite, contactId: string): Promise<void> {
  const { settings, steps, decision, entry, ghl, withToken, locationId, ledger } = write
  if (settings.workflow === null || decision.silent || steps.workflow !== undefined || entry.earlier?.workflow) return
  const workflowId = await find(write, settings.workflow)
  if (workflowId === null) return
  // The note must not be written again, should this be the last that the process does.
  await ledger.saveSteps(write, steps)
  const done = await orWarn(write, 'WORKFLOW_REFUSED', async () => {
    await withToken((token) => ghl.addToWorkflow(token, locationId, contactId, workflowId))
    return true
  })
  if (done) steps.workflow = workflowId
}

async function find(write: LeadWrite, name: string): Promise<string | null> {
  const { facts, locationId, withToken } = write
  const all = await orWarn(write, 'WORKFLOW_REFUSED', () => facts.workflows(locationId, withToken))
  if (all === null) return null
  const workflow = named(
    all.filter(({ status }) => status !== 'draft'),
    name,
  )
  if (!workflow) warn(write, 'WORKFLOW_NOT_FOUND', `no published workflow is called ${name}`)
  return workflow?.id ?? null
}
