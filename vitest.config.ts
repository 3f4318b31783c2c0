import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

const onServices = ['integration', 'conformance', 'failure', 'browser'].map((folder) => `test/${folder}/**/*.test.ts`)

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    teardownTimeout: 30_000,
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
          exclude: ['**/node_modules/**', '**/.hexroute/**', 'dist/**', ...onServices],
        },
      },
      {
        test: {
          name: 'services',
          // After the unit tests, which are other workers.
          sequence: { groupOrder: 1 },
          // They run together, since in each kind some wait while others work: for leases, limits of GHL by the clock,
          // customers that buy after a minute. At full size each keeps both cores busy.
          maxWorkers: process.env.CHAOS === 'long' ? 2 : 4,
          // Files share a process: what they import takes 2 s of CPU, and what they start is their own.
          isolate: false,
          // For a whole run: the built programs that test files start, one PostgreSQL, and migrated templates that they copy.
          globalSetup: ['test/support/programs-for-the-run.ts', 'test/support/stores-for-the-run.ts'],
          // Real services start and stop in these tests, on a machine that may be busy; a hang is noticed after this.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          include: onServices,
        },
      },
    ],
  },
})
