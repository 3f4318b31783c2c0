/**
 * Scopes of the marketplace app, by GHL's names: what our calls need, and what GHL asks before it sends the webhooks of
 * messages, appointments and users. The app in GHL must have them ticked, docs/ghl-setup.md lists them.
 */
export const ghlScopes = [
  'oauth.readonly',
  'oauth.write',
  'companies.readonly',
  'locations.readonly',
  'locations/customFields.readonly',
  'locations/customFields.write',
  'users.readonly',
  'contacts.readonly',
  'contacts.write',
  'opportunities.readonly',
  'opportunities.write',
  'workflows.readonly',
  'conversations/message.readonly',
  'conversations/message.write',
  'calendars/events.readonly',
] as const
