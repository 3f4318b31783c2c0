import type { Command } from 'commander'
import type { Problem } from '../contracts/problem.ts'
import { readEndpoints } from './endpoints.ts'
import { Failure, type Finding } from './failure.ts'

/** Asks the directory; every answer that is no success is a `Failure` with the problem's own words. */
export type Directory = <T>(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<T>

const ANSWER_WITHIN_MS = 60_000

export function directoryOf(command: Command): Directory {
  const { url, key } = connection(command.optsWithGlobals<{ url?: string; key?: string }>())
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).catch((error: Error) => {
      const cause = (error.cause as Error | undefined)?.message ?? error.message
      throw new Failure('NO_DIRECTORY', `The directory at ${url} does not answer: ${cause}.`)
    })
    const text = await answer.text()
    if (answer.ok) return (text === '' ? null : parse(text)) as T
    const problem = parse(text) as Partial<Problem & { findings: Finding[] }>
    const message = problem.detail ?? `The directory answered ${answer.status}.`
    throw new Failure(problem.code ?? `HTTP_${answer.status}`, message, { findings: problem.findings ?? [] })
  }
}

function connection(options: { url?: string; key?: string }): { url: string; key: string } {
  const running = readEndpoints()
  const url = options.url ?? process.env.HEXROUTE_DIRECTORY_URL ?? running.directory
  const key = options.key ?? process.env.HEXROUTE_KEY ?? running.adminKey
  const how = 'or start hexroute here with npm start'
  if (!url) throw new Failure('NO_URL', `Say where the directory is: --url or HEXROUTE_DIRECTORY_URL, ${how}.`, usage)
  if (!key) throw new Failure('NO_KEY', `Say with which key: --key or HEXROUTE_KEY, ${how}.`, usage)
  return { url, key }
}
const usage = { isUsage: true }

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Failure('NOT_THE_DIRECTORY', 'What answers there is not the directory: its answer is no JSON.')
  }
}
