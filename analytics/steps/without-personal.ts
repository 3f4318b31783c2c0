type Kind = 'text' | 'number' | 'flag'
export type Impersonal = { [name: string]: string | number | boolean | Impersonal }

const texts = [
  'id type status source direction currency medium mediumId sessionSource utmSource utmMedium utmCampaign utmContent',
  'campaign campaignId adId adGroupId contactId contact_id contact_type contact_source locationId companyId appId versionId',
  'assignedTo assignedUserId userId opportunityId pipelineId pipelineStageId pipeline_id pipleline_stage calendarId',
  'appointmentId appointmentStatus appoinmentStatus groupId conversationId messageId messageType callStatus planId',
  'currentPlanId newPlanId installType productType objectType associationType fulfillmentStatus',
  'timestamp dateAdded dateUpdated date_created createdAt updatedAt startTime endTime dueDate issueDate',
]
const numbers = ['monetaryValue lead_value amount amountDue amountPaid total callDuration unreadCount qty']
const flags = ['dnd deleted liveMode starred isWhitelabelCompany']

const leaves = new Map<string, Kind>([...named(texts, 'text'), ...named(numbers, 'number'), ...named(flags, 'flag')])
const branches = new Set([
  'appointment',
  'calendar',
  'workflow',
  'contact',
  'attributionSource',
  'lastAttributionSource',
])

const TEXT_LENGTH_MAX = 256

/**
 * What analysis may see of a body. A list of what stays, not of what goes: workflow bodies carry any form field under
 * its label, so a name or a diagnosis may stand under any key. Its shape is closed, so ClickHouse can refuse none of it.
 */
export function withoutPersonal(body: Record<string, unknown>): Impersonal {
  const kept: Impersonal = {}
  for (const [name, value] of Object.entries(body)) {
    if (branches.has(name)) {
      const inner = isObject(value) ? withoutPersonal(value) : {}
      if (Object.keys(inner).length > 0) kept[name] = inner
    } else if (isAllowed(value, leaves.get(name))) {
      kept[name] = value
    }
  }
  return kept
}

function isAllowed(value: unknown, kind: Kind | undefined): value is string | number | boolean {
  if (kind === 'text') return typeof value === 'string' && value.length <= TEXT_LENGTH_MAX && !looksPersonal(value)
  if (kind === 'number') return typeof value === 'number' && Number.isFinite(value)
  return kind === 'flag' && typeof value === 'boolean'
}

/** A sender that puts the address or the number of the person into `source` or `utmContent`. */
const looksPersonal = (value: string): boolean => value.includes('@') || /^\+?[\d\s().-]{7,}$/.test(value)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function named(lines: string[], kind: Kind): [string, Kind][] {
  return lines
    .join(' ')
    .split(' ')
    .map((name) => [name, kind])
}
