import { setImmediate } from 'node:timers/promises'
import type { PublishedRuleset } from '../contracts/ruleset.ts'
import { type CompiledRuleset, rulesetCompilation } from '../decide/compile-ruleset.ts'

/** A lead that comes meanwhile waits so long at each of its steps, not the seconds that a large ruleset takes. */
const SLICE_MS = 5

/** Compiles while leads go on being decided. */
export async function compileInSlices(published: PublishedRuleset): Promise<CompiledRuleset> {
  const steps = rulesetCompilation(published)
  for (;;) {
    const endMs = performance.now() + SLICE_MS
    while (performance.now() < endMs) {
      const step = steps.next()
      if (step.done) return step.value
    }
    await setImmediate()
  }
}
