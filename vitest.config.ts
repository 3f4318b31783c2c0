import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

/**
 * Tests on real services. They run together and share their workers, since in each kind some wait while others work: for
 * leases, limits of GHL by the clock, customers that buy after a minute. At full size each keeps both cores busy.
 */
const onServices = {
  maxWorkers: process.env.CHAOS === 'long' ? 2 : 4,
  // Files share a process: what they import takes 2 s of CPU, and what they start is their own.
  isolate: false,
  // For a whole run: the built programs that test files start, one PostgreSQL, and migrated templates that they copy.
  globalSetup: ['test/support/programs-for-the-run.ts', 'test/support/stores-for-the-run.ts'],
  // Real services start and stop in these tests, on a machine that may be busy; a hang is noticed after this.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  teardownTimeout: 30_000,
}
const needServices = ['integration', 'conformance', 'failure', 'browser'].map((folder) => `test/${folder}/**`)

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          // They are pure, so files may share a process: 83 starts of one took half of the time.
          isolate: false,
          maxWorkers: 2,
          // Generous, because property tests share two cores with everything else.
          testTimeout: 30_000,
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/.hexroute/**', 'dist/**', ...needServices],
        },
      },
      {
        test: {
          ...onServices,
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/conformance/**/*.test.ts'],
        },
      },
      {
        test: { ...onServices, name: 'failure', include: ['test/failure/**/*.test.ts'], testTimeout: 300_000 },
      },
      {
        test: { ...onServices, name: 'browser', include: ['test/browser/**/*.test.ts'] },
      },
    ],
  },
})
