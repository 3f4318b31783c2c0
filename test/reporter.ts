import type { Reporter, TestModule } from 'vitest/node'

export type TestCounts = { passed: number; failed: number; skipped: number }
/** `faults`: a line each, since of a long log often only the end is kept. */
export type TestReport = { counts: TestCounts; faults: string[] }

/**
 * Ends a vitest run with its faults and one plain line. Under `npm test` the report goes to the parent, which adds up the
 * stages and prints them itself.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly { message: string }[]): void {
    const counts: TestCounts = { passed: 0, failed: 0, skipped: 0 }
    const faults: string[] = []
    const fault = (place: string, errors: readonly { message: string }[]) => {
      counts.failed += 1
      faults.push(`${place}: ${errors.map(({ message }) => message.split('\n')[0]).join(' | ')}`)
    }
    for (const module of modules) {
      const file = module.relativeModuleId
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result()
        if (state === 'failed') fault(`${file} > ${test.fullName}`, errors)
        else counts[state === 'passed' ? 'passed' : 'skipped'] += 1
      }
      // A file that cannot be loaded, and a failed set-up of a suite.
      for (const error of module.errors()) fault(file, [error])
      for (const suite of module.children.allSuites())
        for (const error of suite.errors()) fault(`${file} > ${suite.fullName}`, [error])
    }
    for (const error of unhandledErrors) fault('outside of every test', [error])
    const report: TestReport = { counts, faults }
    if (process.send) process.send(report)
    else print(report)
  }
}

function print({ counts, faults }: TestReport): void {
  for (const fault of faults) console.log(`failed: ${fault}`)
  console.log(`tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
}
