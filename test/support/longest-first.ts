import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * These take longest, in this order: begun late they would run alone at the end. Those that mostly wait lie between those
 * that keep the cores busy. Vitest knows durations only of an earlier run, and a fresh clone has had none.
 */
const first = [
  'nothing-lost-through-sigkill',
  'what-ghl-never-sent-is-found',
  'an-erased-person-leaves-no-trace',
  'a-limited-location-delays-only-itself',
  'demo-figures-move',
  'an-agency-connects-on-the-page',
  'analytics-are-rebuilt-while-traffic-goes-on',
  'every-live-decision-replays-byte-for-byte',
  'the-set-up-guide-leads-to-a-delivered-lead',
  'no-analyst-key-reads-what-it-may-not',
  'caps-hold-through-sigkill',
  'pages-are-readable-for-everyone',
  'people-are-told-of-their-leads-once',
  'a-poisoned-row-stops-no-stream',
  'the-sink-is-exact-under-a-nemesis',
  'launcher-keeps-everything-alive',
]

/** The long ones by name, then the others. */
export class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(specifications)
    return sorted.sort((a, b) => place(a) - place(b))
  }
}

function place({ moduleId }: TestSpecification): number {
  const found = first.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`))
  return found === -1 ? first.length : found
}
