import type { Lead } from './lead.ts'
import { hexrouteTag } from './lead-marker.ts'

const TAGS_MAX = 50

/** Tags to add to the contact: ours, and those that the lead came with. */
export function leadTags({ person }: Lead): string[] {
  const own = person.tags.map((tag) => tag.trim()).filter((tag) => tag !== '')
  return [...new Set([hexrouteTag, ...own])].slice(0, TAGS_MAX)
}
