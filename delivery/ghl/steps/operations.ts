/** `{name}` in a path is filled from the call. */
export type OperationShape = { method: 'GET' | 'POST' | 'PUT' | 'DELETE'; path: string; version: string }

const V2021 = '2021-07-28'
const CONVERSATIONS = '2021-04-15'

/** Every operation of GHL in use. The name is what metrics and faults say; the version is the one that it was built on. */
export const operations = {
  'exchange-code': { method: 'POST', path: '/oauth/token', version: V2021 },
  'refresh-company-token': { method: 'POST', path: '/oauth/token', version: V2021 },
  'mint-location-token': { method: 'POST', path: '/oauth/locationToken', version: V2021 },
  'list-installed-locations': { method: 'GET', path: '/oauth/installedLocations', version: V2021 },
  'get-company': { method: 'GET', path: '/companies/{companyId}', version: V2021 },
  'search-locations': { method: 'GET', path: '/locations/search', version: V2021 },
  'get-location': { method: 'GET', path: '/locations/{locationId}', version: V2021 },
  'list-custom-fields': { method: 'GET', path: '/locations/{locationId}/customFields', version: V2021 },
  'create-custom-field': { method: 'POST', path: '/locations/{locationId}/customFields', version: V2021 },
  'list-workflows': { method: 'GET', path: '/workflows/', version: V2021 },
  'list-users': { method: 'GET', path: '/users/', version: V2021 },
  'upsert-contact': { method: 'POST', path: '/contacts/upsert', version: V2021 },
  'create-contact': { method: 'POST', path: '/contacts/', version: V2021 },
  'get-contact': { method: 'GET', path: '/contacts/{contactId}', version: V2021 },
  'update-contact': { method: 'PUT', path: '/contacts/{contactId}', version: V2021 },
  'search-contacts': { method: 'POST', path: '/contacts/search', version: V2021 },
  'find-duplicate-contact': { method: 'GET', path: '/contacts/search/duplicate', version: V2021 },
  'add-tags': { method: 'POST', path: '/contacts/{contactId}/tags', version: V2021 },
  'add-note': { method: 'POST', path: '/contacts/{contactId}/notes', version: V2021 },
  'list-notes': { method: 'GET', path: '/contacts/{contactId}/notes', version: V2021 },
  'add-to-workflow': { method: 'POST', path: '/contacts/{contactId}/workflow/{workflowId}', version: V2021 },
  'remove-from-workflow': { method: 'DELETE', path: '/contacts/{contactId}/workflow/{workflowId}', version: V2021 },
  'list-pipelines': { method: 'GET', path: '/opportunities/pipelines', version: V2021 },
  'create-opportunity': { method: 'POST', path: '/opportunities/', version: V2021 },
  'get-opportunity': { method: 'GET', path: '/opportunities/{id}', version: V2021 },
  'update-opportunity': { method: 'PUT', path: '/opportunities/{id}', version: V2021 },
  'search-opportunities': { method: 'GET', path: '/opportunities/search', version: V2021 },
  'send-message': { method: 'POST', path: '/conversations/messages', version: CONVERSATIONS },
} as const satisfies Record<string, OperationShape>

export type Operation = keyof typeof operations
