import { pino } from 'pino'

/** Silent, unless somebody looks for a fault: TEST_LOG=debug. */
export const testLog = pino({ level: process.env.TEST_LOG ?? 'silent' })
