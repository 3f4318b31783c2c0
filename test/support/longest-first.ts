import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * These take longest, in this order: begun late they would run alone at the end. Those that mostly wait lie between those
 * that keep the cores busy. Vitest knows durations only of an earlier run, and a fresh clone has had none.
 */
const first = [
  'demo-figures-move',
  'nothing-lost-through-sigkill',
  'a-limited-location-delays-only-itself',
  'what-ghl-never-sent-is-found',
  'the-sink-is-exact-under-a-nemesis',
  'an-erased-person-leaves-no-trace',
  'caps-hold-through-sigkill',
  'pages-are-readable-for-everyone',
]

/** The long ones by name, then the others by their project, as a worker stays only with one. */
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
