import type { Command } from 'commander'
import { type Ask, createAsk } from './ask.ts'
import { type Endpoints, readEndpoints } from './endpoints.ts'
import { Failure } from './failure.ts'

export type Directory = Ask

const ANSWER_WITHIN_MS = 60_000

export function directoryOf(command: Command, answerWithinMs = ANSWER_WITHIN_MS): Directory {
  const options = command.optsWithGlobals<{ url?: string; key?: string }>()
  const running = readEndpoints()
  const url = options.url ?? process.env.HEXROUTE_DIRECTORY_URL ?? running.directory
  if (!url) throw new Failure('NO_URL', `Say where the directory is: --url or HEXROUTE_DIRECTORY_URL, ${how}.`, usage)
  return createAsk({ who: 'directory', url, key: keyOf(options, running), answerWithinMs })
}

/** The same key reads the figures of analytics. */
export function analyticsOf(command: Command): Ask {
  const options = command.optsWithGlobals<{ analytics?: string; key?: string }>()
  const running = readEndpoints()
  const url = options.analytics ?? process.env.HEXROUTE_ANALYTICS_URL ?? running.analytics
  const where = '--analytics or HEXROUTE_ANALYTICS_URL'
  if (!url) throw new Failure('NO_URL', `Say where analytics is: ${where}, ${how}.`, usage)
  return createAsk({ who: 'analytics', url, key: keyOf(options, running), answerWithinMs: ANSWER_WITHIN_MS })
}

function keyOf(options: { key?: string }, running: Endpoints): string {
  const key = options.key ?? process.env.HEXROUTE_KEY ?? running.adminKey
  if (!key) throw new Failure('NO_KEY', `Say with which key: --key or HEXROUTE_KEY, ${how}.`, usage)
  return key
}
const how = 'or start hexroute here with npm start'
const usage = { isUsage: true }
