import closeWithGrace from 'close-with-grace'
import { EnvFault } from './env.ts'
import { createLogger, type Logger } from './logger.ts'

export type Closing = { defer: (name: string, close: () => unknown) => void }

/** Longer than any time-out of a single step, shorter than what an orchestrator waits before it kills. */
const CLOSE_TIMEOUT_MS = 15_000

/**
 * The frame of every `main.ts`: starts, and on SIGTERM, SIGINT or an unhandled fault closes what was deferred, last
 * first. A wrong environment or a missing backend ends the process with one line per fault, exit code 1.
 */
export async function runProcess(name: string, start: (log: Logger, closing: Closing) => Promise<void>): Promise<void> {
  const log = createLogger(name, process.env.LOG_LEVEL || 'info')
  const closers: { name: string; close: () => unknown }[] = []
  closeWithGrace({ delay: CLOSE_TIMEOUT_MS, logger: false }, async ({ err, signal }) => {
    if (err) log.fatal({ error: err.message, stack: err.stack }, 'process failed')
    else log.info({ signal }, 'process stopping')
    for (const closer of closers.reverse()) {
      await Promise.resolve(closer.close()).catch((error: Error) =>
        log.warn({ closer: closer.name, error: error.message }, 'close failed'),
      )
    }
    if (err) process.exitCode = 1
  })
  try {
    await start(log, { defer: (closer, close) => closers.push({ name: closer, close }) })
  } catch (error) {
    const lines = error instanceof EnvFault ? error.faults : [(error as Error).message]
    for (const line of lines) process.stderr.write(`${name}: ${line}\n`)
    log.debug({ stack: (error as Error).stack }, 'start failed')
    process.exit(1)
  }
}
