/** Every event type that the platform documents; another one is kept, parked. */
export const eventTypes: ReadonlySet<string> = new Set([
  ...['AppointmentCreate', 'AppointmentUpdate', 'AppointmentDelete'],
  ...['AssociationCreate', 'AssociationUpdate', 'AssociationDelete'],
  ...['CampaignStatusUpdate', 'ConversationUnreadUpdate', 'LCEmailStats'],
  ...['ContactCreate', 'ContactUpdate', 'ContactDelete', 'ContactDndUpdate', 'ContactTagUpdate'],
  ...['INSTALL', 'UNINSTALL', 'PLAN_CHANGE'],
  ...['InboundMessage', 'OutboundMessage', 'SMS', 'Email'],
  ...['InvoiceCreate', 'InvoiceUpdate', 'InvoiceDelete', 'InvoiceSent', 'InvoiceVoid'],
  ...['InvoicePaid', 'InvoicePartiallyPaid'],
  ...['LocationCreate', 'LocationUpdate'],
  ...['NoteCreate', 'NoteUpdate', 'NoteDelete'],
  ...['ObjectSchemaCreate', 'ObjectSchemaUpdate'],
  ...['OpportunityCreate', 'OpportunityUpdate', 'OpportunityDelete', 'OpportunityStatusUpdate'],
  ...['OpportunityStageUpdate', 'OpportunityMonetaryValueUpdate', 'OpportunityAssignedToUpdate'],
  ...['OrderCreate', 'OrderStatusUpdate'],
  ...['ProductCreate', 'ProductUpdate', 'ProductDelete'],
  ...['RecordCreate', 'RecordUpdate', 'RecordDelete'],
  ...['RelationCreate', 'RelationDelete'],
  ...['TaskCreate', 'TaskComplete', 'TaskDelete'],
  'UserCreate',
])

/** Events about the agency itself or a sub-account not taken in yet: their tenant is their `companyId`. */
export const agencyEventTypes: ReadonlySet<string> = new Set([
  'INSTALL',
  'UNINSTALL',
  'PLAN_CHANGE',
  'LocationCreate',
  'LocationUpdate',
  'UserCreate',
])

/** Events whose body is the contact. */
export const contactEventTypes: ReadonlySet<string> = new Set([
  'ContactCreate',
  'ContactUpdate',
  'ContactDelete',
  'ContactDndUpdate',
  'ContactTagUpdate',
])

/** The workflow action names no type of its own. */
export const workflowEventType = 'WorkflowWebhook'
