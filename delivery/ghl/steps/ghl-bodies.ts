import type { components } from '../generated/openapi.d.ts'

/** The GoHighLevel bodies that delivery sends and reads, narrowed to the fields in use. Version 2021-07-28. */
type Schemas = components['schemas']

/** Answers have all fields optional in the document; these are those that GHL always sends. */
type Having<T, K extends keyof T, Perhaps extends keyof T = never> = { [P in K]-?: NonNullable<T[P]> } & Pick<
  T,
  Perhaps
>

type ContactFields =
  | ('firstName' | 'lastName' | 'email' | 'phone' | 'address1' | 'city' | 'state' | 'postalCode' | 'country')
  | ('assignedTo' | 'customFields')
export type ContactBody = Pick<Schemas['contacts.UpsertContactDto'], 'locationId' | ContactFields> & { source: string }
/** A new contact can come with its tags; an upsert must not, it would replace those that are there. */
export type NewContactBody = ContactBody & { tags?: string[] }
export type ContactChange = Pick<Schemas['contacts.UpdateContactDto'], ContactFields | 'source'>
export type ContactAnswer = { contact: { id: string } }
export type Contact = Having<
  Schemas['contacts.GetContectByIdSchema'],
  'id' | 'locationId',
  ContactFields | 'source' | 'tags' | 'dateAdded' | 'dateUpdated'
>

/** The document leaves the search's body and answer open; GHL's guide of the advanced search gives them. */
export type ContactFilter =
  | { field: string; operator: 'eq' | 'not_eq' | 'contains'; value: string | string[] }
  | {
      field: 'dateAdded' | 'dateUpdated'
      operator: 'range'
      value: { gt?: string; gte?: string; lt?: string; lte?: string }
    }
export type ContactSearchBody = {
  locationId: string
  /** At most 500. */
  pageLimit: number
  /** Of the last contact of the page before; else `page` counts from 1, for the first 10,000. */
  searchAfter?: SearchMark
  page?: number
  filters?: ContactFilter[]
  sort?: { field: 'dateAdded' | 'dateUpdated'; direction: 'asc' | 'desc' }[]
}
export type SearchMark = (string | number)[]
export type FoundContact = Contact & { searchAfter?: SearchMark }
export type ContactSearchAnswer = { contacts: FoundContact[]; total: number }

export type NoteBody = Pick<Schemas['contacts.NotesDTO'], 'body' | 'userId' | 'title'>
export type Note = Having<Schemas['contacts.GetNoteSchema'], 'id' | 'body', 'contactId' | 'dateAdded' | 'userId'>

export type Pipeline = { id: string; name?: string; stages?: { id: string; name?: string; position?: number }[] }
export type PipelinesAnswer = { pipelines: Pipeline[] }

export type OpportunityBody = Pick<
  Schemas['opportunities.CreateDto'],
  'locationId' | 'contactId' | 'pipelineId' | 'name' | 'assignedTo' | 'monetaryValue'
> & { pipelineStageId: string; status: 'open' | 'won' | 'lost' | 'abandoned' }
export type OpportunityChange = Partial<Omit<OpportunityBody, 'locationId' | 'contactId'>>
export type Opportunity = Having<
  Schemas['opportunities.SearchOpportunitiesResponseSchema'],
  'id' | 'contactId' | 'pipelineId',
  | 'pipelineStageId'
  | 'status'
  | 'assignedTo'
  | 'name'
  | 'monetaryValue'
  | 'source'
  | 'createdAt'
  | 'updatedAt'
  | 'lastStatusChangeAt'
>
export type OpportunityAnswer = { opportunity: { id: string } }
export type OpportunitySearch = {
  locationId: string
  pipelineId?: string
  contactId?: string
  status?: 'open' | 'won' | 'lost' | 'abandoned' | 'all'
  /** Days of creation, mm-dd-yyyy, both included. */
  date?: string
  endDate?: string
  order?: 'added_asc' | 'added_desc'
  /** At most 100. */
  limit?: number
  /** Of `meta` of the page before. */
  startAfter?: number
  startAfterId?: string
}
export type OpportunitySearchAnswer = {
  opportunities: Opportunity[]
  meta: { total: number; startAfter?: number | null; startAfterId?: string | null; nextPage?: number | null }
}

export type CustomField = Having<
  Schemas['locations.CustomFieldSchema'],
  'id' | 'name',
  'fieldKey' | 'dataType' | 'model'
>
export type CustomFieldBody = { name: string; dataType: string; model: 'contact' | 'opportunity' }
/** Not in the document. `status`: published or draft. */
export type Workflow = { id: string; name: string; status?: string }
export type User = Having<Schemas['users.UserSchema'], 'id', 'name' | 'firstName' | 'lastName' | 'email' | 'deleted'>

/** `expires_in` is in seconds. */
export type CompanyTokenAnswer = Having<
  Schemas['oauth.GetAccessCodeSuccessfulResponseDto'],
  'access_token' | 'refresh_token' | 'expires_in',
  'companyId' | 'locationId' | 'userType' | 'scope'
>
export type LocationTokenAnswer = Having<
  Schemas['oauth.GetLocationAccessTokenSuccessfulResponseDto'],
  'access_token' | 'expires_in'
>
export type InstalledLocation = Schemas['oauth.InstalledLocationSchema']
export type InstalledLocationsAnswer = { locations: InstalledLocation[]; count?: number }
export type Location = Having<
  Schemas['locations.GetLocationSchema'],
  'id',
  'name' | 'address' | 'city' | 'state' | 'country' | 'postalCode' | 'timezone' | 'settings'
>
export type Company = Having<Schemas['companies.GetCompanyByIdSchema'], 'id', 'name'>

/** The document demands `subType` and `status` and knows no InternalComment; GHL takes and sends these. */
export type MessageBody =
  | { type: 'SMS'; contactId: string; message: string; toNumber?: string; fromNumber?: string }
  | { type: 'Email'; contactId: string; subject: string; html: string; emailFrom?: string; emailTo?: string }
  /** Seen by the sub-account's users only; `mentions` are told of it. */
  | { type: 'InternalComment'; contactId: string; message: string; mentions?: string[]; userId?: string }
export type MessageAnswer = { conversationId: string; messageId: string }
