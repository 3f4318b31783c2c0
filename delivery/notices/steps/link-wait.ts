import type { Channel } from './notice.ts'
import type { WithFacts } from './still-true.ts'

const LOOK_AGAIN_MS = 1_000
const LINK_WAIT_MS_MAX = 15_000
const COMMENT_WAIT_MS_MAX = 24 * 3_600_000

/**
 * How long a notice of a new lead waits, 0 for not at all: some seconds for the contact in GHL, so that it can have the
 * link; a comment on the contact cannot be without, and is looked at ever more rarely.
 */
export function linkWaitMs(told: readonly WithFacts[], channel: Channel, nowMs: number): number {
  const [only, ...others] = told
  if (!only || others.length > 0 || only.notice.isGrouped) return 0
  if (only.notice.event !== 'lead.assigned' || only.facts.contactId !== null) return 0
  const ageMs = nowMs - only.notice.createdAtMs
  if (channel.kind === 'ghl-message') {
    return ageMs < COMMENT_WAIT_MS_MAX ? Math.min(Math.max(ageMs / 10, LOOK_AGAIN_MS), 60_000) : 0
  }
  return ageMs < LINK_WAIT_MS_MAX ? LOOK_AGAIN_MS : 0
}
