import { type Logger as PinoLogger, pino } from 'pino'

export type Logger = PinoLogger

/** Paths that carry personal data or secrets wherever a log line might bring them along. */
const redacted = [
  'email',
  'phone',
  'firstName',
  'lastName',
  'name',
  'address',
  'person',
  'payload',
  'token',
  'secret',
  'authorization',
]

/** JSON lines on stdout; events with fields, never a sentence with values in it. */
export function createLogger(process: string, level = 'info'): Logger {
  return pino({
    level,
    base: { process },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: redacted.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
  })
}
