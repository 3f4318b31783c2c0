/** Top-level keys that the workflow action itself writes; every other one is the label of a custom field. Misspellings as sent. */
export const workflowStandardKeys: ReadonlySet<string> = new Set([
  ...['contact_id', 'first_name', 'last_name', 'full_name', 'email', 'phone', 'tags', 'address1', 'city', 'state'],
  ...['country', 'postal_code', 'timezone', 'date_created', 'date_of_birth', 'contact_source', 'contact_type'],
  ...['full_address', 'company_name', 'website', 'location', 'workflow', 'triggerData', 'contact', 'customData'],
  ...['attributionSource', 'user', 'owner', 'calendar', 'message', 'task', 'note', 'order', 'invoice', 'campaign'],
  ...['opportunity_name', 'opportunity_source', 'status', 'pipleline_stage', 'pipeline_stage', 'pipeline_name'],
  ...['pipeline_id', 'id', 'lead_value', 'source'],
])
