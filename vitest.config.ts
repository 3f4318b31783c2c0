import { defineConfig } from 'vitest/config'

/** For a whole run: one PostgreSQL with a migrated template that test files copy, and the built programs that they start. */
const globalSetup = ['test/support/postgres-for-the-run.ts', 'test/support/programs-for-the-run.ts']
/** Real services start and stop in these tests, on a machine that may be busy; a hang is noticed after this. */
const serviceLimits = { testTimeout: 120_000, hookTimeout: 120_000, teardownTimeout: 30_000 }
const needServices = ['integration', 'conformance', 'failure', 'browser'].map((folder) => `test/${folder}/**`)

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // They are pure, so files may share a process: 83 starts of one took half of the time.
          isolate: false,
          // Generous, because property tests share two cores with everything else.
          testTimeout: 30_000,
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/.hexroute/**', 'dist/**', ...needServices],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/conformance/**/*.test.ts'],
          globalSetup,
          // They wait for most of their time: for leases, limits of GHL by the clock, processes that start.
          maxWorkers: 4,
          ...serviceLimits,
        },
      },
      {
        test: {
          name: 'failure',
          include: ['test/failure/**/*.test.ts'],
          globalSetup,
          // Each keeps both cores busy for half of its time and then waits for the last to come to rest.
          maxWorkers: 2,
          ...serviceLimits,
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup,
          // The demo waits a minute until its customers buy; the others keep a core busy with Chromium.
          maxWorkers: 2,
          ...serviceLimits,
        },
      },
    ],
  },
})
