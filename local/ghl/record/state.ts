import type { Organisation, SubAccount } from '../organisation.ts'

export type Contact = {
  id: string
  locationId: string
  /** `form`: a lead filled the funnel's form; `api`: the app wrote it. */
  madeBy: 'form' | 'api'
  dateAdded: string
  dateUpdated: string
  tags: string[]
  customFields: { id: string; value: unknown }[]
  /** Set when the person came by the traffic: the slot that made him. */
  slot?: number
  fields: Record<string, unknown>
}

export type Status = 'open' | 'won' | 'lost' | 'abandoned'

export type Opportunity = {
  id: string
  locationId: string
  contactId: string
  pipelineId: string
  pipelineStageId: string
  name: string
  status: Status
  monetaryValue: number
  source?: string
  assignedTo?: string
  createdAt: string
  updatedAt: string
  lastStatusChangeAt: string
  /** Steps of the customer's fate that were played. */
  played: string[]
}

export type Note = { id: string; contactId: string; body: string; userId?: string; title?: string; dateAdded: string }

export type CustomField = {
  id: string
  locationId: string
  name: string
  fieldKey: string
  dataType: string
  model: string
}

export type Message = {
  id: string
  contactId: string
  type: string
  text: string
  mentions: string[]
  dateAdded: string
}

/** `lead` and `fate` are the customers' doing, `echo` the app's own; `workflow` goes unsigned and only once. */
export type HookKind = 'lead' | 'fate' | 'echo' | 'unknown' | 'forged' | 'workflow'

export type Hook = {
  webhookId: string
  kind: HookKind
  type: string
  locationId: string
  body: string
  intakeContactId?: string
  /** Opportunity status that the body tells, for the truth. */
  tells?: { opportunityId: string; status: Status }
  /** Sent once more after its acceptance. */
  duplicate?: boolean
  /** Milliseconds that it is held back, so that a later one overtakes it. */
  heldMs?: number
}

export type Verdict = 'accepted' | 'refused' | 'abandoned' | 'dropped'

export type AcceptedHook = { webhookId: string; type: string; locationId: string; intakeContactId?: string }

export type Counts = Record<
  | 'sentUnique'
  | 'accepted'
  | 'duplicates'
  | 'forged'
  | 'forgedAccepted'
  | 'unknown'
  | 'refused'
  | 'abandoned'
  | 'dropped',
  number
>

export type State = {
  organisation: Organisation | null
  locations: Map<string, SubAccount>
  contacts: Map<string, Contact>
  /** `<location> <email or phone>` to contact id. */
  contactKeys: Map<string, string>
  opportunities: Map<string, Opportunity>
  /** `<contact> <pipeline>` to opportunity id. */
  opportunityKeys: Map<string, string>
  notes: Map<string, Note[]>
  /** Contact id to the workflows that it is in. */
  enrolments: Map<string, Set<string>>
  messages: Map<string, Message[]>
  /** By sub-account. */
  customFields: Map<string, CustomField[]>
  /** Opportunity id to the statuses that a webhook with a 2xx told. */
  told: Map<string, Set<Status>>
  /** An empty token is none: the app was uninstalled. */
  refresh: { token: string; uses: number } | null
  /** Of the company and of sub-accounts, by id: tokens of an earlier generation are void. */
  generations: Map<string, number>
  timeScale: number
  /** Where the workflow action posts, from the latest traffic. */
  workflow: { url: string; secret: string } | null
  slots: number
  leads: number
  /** Not yet answered for good. */
  pending: Map<string, Hook>
  accepted: AcceptedHook[]
  byType: Record<string, number>
  counts: Counts
}

export const newState = (): State => ({
  organisation: null,
  locations: new Map(),
  contacts: new Map(),
  contactKeys: new Map(),
  opportunities: new Map(),
  opportunityKeys: new Map(),
  notes: new Map(),
  enrolments: new Map(),
  messages: new Map(),
  customFields: new Map(),
  told: new Map(),
  refresh: null,
  generations: new Map(),
  timeScale: 0.01,
  workflow: null,
  slots: 0,
  leads: 0,
  pending: new Map(),
  accepted: [],
  byType: {},
  counts: {
    sentUnique: 0,
    accepted: 0,
    duplicates: 0,
    forged: 0,
    forgedAccepted: 0,
    unknown: 0,
    refused: 0,
    abandoned: 0,
    dropped: 0,
  },
})
