import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { PublishedRuleset } from '../../contracts/ruleset.ts'

/** Hex sha256 of the canonical JSON (RFC 8785) of what a decision depends on. */
export function rulesetHash({ document, locations, users }: Omit<PublishedRuleset, 'hash'>): string {
  return createHash('sha256').update(canonicalize({ document, locations, users })!).digest('hex')
}
