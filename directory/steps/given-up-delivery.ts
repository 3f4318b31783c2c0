import type { Letter } from './read-letter.ts'

/** Which row of the delivery ledger says that this message is closed; null for other messages. */
export function givenUpDelivery(letter: Letter, payload: Uint8Array): { leadId: string; attempt: number } | null {
  if (letter.stage !== 'delivery') return null
  try {
    const { leadId, attempt } = JSON.parse(Buffer.from(payload).toString('utf8')) as Record<string, unknown>
    return isUuid(leadId) && Number.isInteger(attempt) ? { leadId, attempt: attempt as number } : null
  } catch {
    return null
  }
}

const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
