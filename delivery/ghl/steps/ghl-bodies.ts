/** The few GoHighLevel bodies that delivery sends and reads, narrowed to the fields in use. Version 2021-07-28. */

export type ContactBody = {
  locationId: string
  source: string
  firstName?: string
  lastName?: string
  email?: string
  phone?: string
  address1?: string
  city?: string
  state?: string
  postalCode?: string
  country?: string
}

export type ContactAnswer = { contact: { id: string } }

export type ContactSearchBody = {
  locationId: string
  page: number
  pageLimit: number
  filters: { field: string; operator: 'eq'; value: string }[]
}
export type ContactSearchAnswer = { contacts: { id: string }[] }

export type Pipeline = { id: string; stages?: { id: string; position?: number }[] }
export type PipelinesAnswer = { pipelines: Pipeline[] }

export type OpportunityBody = {
  locationId: string
  pipelineId: string
  pipelineStageId: string
  contactId: string
  name: string
  status: 'open'
}
export type OpportunityAnswer = { opportunity: { id: string } }

/** `expires_in` is in seconds. */
export type CompanyTokenAnswer = { access_token: string; refresh_token: string; expires_in: number }
export type LocationTokenAnswer = { access_token: string; expires_in: number }
