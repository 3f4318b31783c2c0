import type { Problem } from '../contracts/problem.ts'
import { Failure, type Finding } from './failure.ts'

/** Asks a process over HTTP; every answer that is no success is a `Failure` with the problem's own words. */
export type Ask = <T>(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<T>

export type AskOptions = {
  /** What is asked, for sentences: `directory`. */
  who: 'directory' | 'analytics'
  url: string
  key: string
  answerWithinMs: number
}

const noAnswer = { directory: 'NO_DIRECTORY', analytics: 'NO_ANALYTICS' } as const
const stranger = { directory: 'NOT_THE_DIRECTORY', analytics: 'NOT_ANALYTICS' } as const

export function createAsk({ who, url, key, answerWithinMs }: AskOptions): Ask {
  const parse = (text: string): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      throw new Failure(stranger[who], `What answers there is not the ${who}: its answer is no JSON.`)
    }
  }
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerWithinMs),
    }).catch((error: Error) => {
      const cause = (error.cause as Error | undefined)?.message ?? error.message
      throw new Failure(noAnswer[who], `The ${who} at ${url} does not answer: ${cause}.`)
    })
    const text = await answer.text()
    if (answer.ok) return (text === '' ? null : parse(text)) as T
    const problem = parse(text) as Partial<Problem & { findings: Finding[] }>
    const message = problem.detail ?? `The ${who} answered ${answer.status}.`
    throw new Failure(problem.code ?? `HTTP_${answer.status}`, message, { findings: problem.findings ?? [] })
  }
}
