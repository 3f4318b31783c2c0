import type { Reporter, TestModule } from 'vitest/node'

export type TestCounts = { passed: number; failed: number; skipped: number }

/**
 * Ends a vitest run with one plain line. Under `npm test` the counts go to the parent, which adds up the stages and
 * prints the line itself.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = countTests(modules, unhandledErrors.length)
    if (process.send) process.send(counts)
    else console.log(`tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  }
}

/** A file that cannot be loaded, a failed set-up of a suite and an error outside of every test each count as one failure. */
function countTests(modules: readonly TestModule[], strayErrors: number): TestCounts {
  const counts = { passed: 0, failed: strayErrors, skipped: 0 }
  for (const module of modules) {
    for (const { state } of [...module.children.allTests()].map((test) => test.result())) {
      if (state === 'passed') counts.passed += 1
      else if (state === 'failed') counts.failed += 1
      else counts.skipped += 1
    }
    counts.failed += module.errors().length
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length
  }
  return counts
}
