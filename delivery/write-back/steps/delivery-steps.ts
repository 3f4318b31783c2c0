/** What went another way than was set, though the lead was delivered: stable codes for metric and ledger. */
export const writeWarnings = [
  'PIPELINE_NOT_FOUND',
  'STAGE_NOT_FOUND',
  'WORKFLOW_NOT_FOUND',
  /** GHL took the lead only without this. */
  'LEAD_ID_FIELD_REFUSED',
  'OWNER_REFUSED',
  'TAGS_REFUSED',
  'NOTE_REFUSED',
  'WORKFLOW_REFUSED',
] as const
export type WriteWarning = (typeof writeWarnings)[number]

/** The writes of one lead that are done, as its ledger row keeps them. */
export type DeliverySteps = {
  /** The contact has all that is ours: a new one from the start, one that was there before after it was added to. */
  filled?: boolean
  /** Ids in GHL. */
  note?: string
  workflow?: string
  warnings?: WriteWarning[]
}
