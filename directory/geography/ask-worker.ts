import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { PublishedRuleset, RulesetDocument } from '../../contracts/ruleset.ts'
import type { Coverage } from '../../decide/geography/coverage.ts'
import type { TerritoryDiff } from '../../decide/geography/territory-diff.ts'

type Territories = Pick<RulesetDocument, 'territories'>
export type RulesetOnMap = Pick<PublishedRuleset, 'document' | 'locations'>
export type GeographyTask =
  | { kind: 'coverage'; ruleset: RulesetOnMap }
  | { kind: 'diff'; before: Territories; after: Territories }
export type GeographyAnswer = { ok: true; answer: unknown } | { ok: false; message: string }

/** What territories mean on the map. @throws when one cannot be compiled, or after a minute. */
export type Geography = {
  coverage: (ruleset: RulesetOnMap) => Promise<Coverage>
  diff: (before: RulesetDocument, after: RulesetDocument) => Promise<TerritoryDiff>
}

const TASK_MAX_MS = 60_000

export function createGeography(): Geography {
  // One after the other: each takes a core and some 300 MB.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(task: GeographyTask): Promise<T> => {
    const mine = last.then(() => run<T>(task))
    last = mine.catch(() => {})
    return mine
  }
  return {
    coverage: (ruleset) => inTurn({ kind: 'coverage', ruleset }),
    diff: ({ territories: before }, { territories: after }) =>
      inTurn({ kind: 'diff', before: { territories: before }, after: { territories: after } }),
  }
}

async function run<T>(task: GeographyTask): Promise<T> {
  const worker = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(worker, 'exit').then(() => {
    throw new Error('the geography worker ended without an answer')
  })
  try {
    worker.send(task)
    const answered = once(worker, 'message', { signal: AbortSignal.timeout(TASK_MAX_MS) })
    const [answer] = (await Promise.race([answered, ended])) as [GeographyAnswer]
    if (!answer.ok) throw new Error(`territories do not compile: ${answer.message}`)
    return answer.answer as T
  } finally {
    ended.catch(() => {})
    worker.kill('SIGKILL')
  }
}
