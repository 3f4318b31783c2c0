import type { NoticeEvent } from '../../../contracts/notice.ts'
import type { Told } from './tell-notice.ts'

/** What leaves as one: a single notice, or all that waited together. */
export type Message = { messageId: string; title: string; items: Told[] }

export function messageOf(messageId: string, items: Told[]): Message {
  return { messageId, items, title: items.length === 1 ? items[0]!.headline : summary(items) }
}

const nouns: Record<NoticeEvent, [string, string]> = {
  'lead.assigned': ['new lead', 'new leads'],
  'lead.taken-away': ['lead went to others', 'leads went to others'],
  'lead.offered': ['lead to claim', 'leads to claim'],
  'lead.unrouted': ['lead at HQ', 'leads at HQ'],
  'lead.failed': ['lead not written', 'leads not written'],
  'location.out': ['location out', 'locations out'],
  'location.back': ['location back', 'locations back'],
  'agency.disconnected': ['agency not connected', 'agencies not connected'],
}

/** `3 new leads, 1 lead at HQ` */
function summary(items: Told[]): string {
  const counts = new Map<NoticeEvent, number>()
  for (const { event } of items) counts.set(event, (counts.get(event) ?? 0) + 1)
  return [...counts].map(([event, count]) => `${count} ${nouns[event][count === 1 ? 0 : 1]}`).join(', ')
}
