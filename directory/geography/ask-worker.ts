import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { PublishedRuleset, RulesetDocument } from '../../contracts/ruleset.ts'
import type { Coverage } from '../../decide/geography/coverage.ts'
import type { TerritoryDiff } from '../../decide/geography/territory-diff.ts'
import { builtProgram } from '../../kernel/built-program.ts'

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
/** A worker takes 3 s of CPU to start, for its tables, and a task of a usual ruleset 0.1 s: it stays for who saves and tries again. */
const IDLE_MS = 60_000

export function createGeography(): Geography {
  const ask = createWorker()
  // One after the other: each takes a core and some 300 MB.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = async <T>(task: GeographyTask): Promise<T> => {
    const mine = last.then(() => ask(task))
    last = mine.catch(() => {})
    const answer = await mine
    if (!answer.ok) throw new Error(`territories do not compile: ${answer.message}`)
    return answer.answer as T
  }
  return {
    coverage: (ruleset) => inTurn({ kind: 'coverage', ruleset }),
    diff: ({ territories: before }, { territories: after }) =>
      inTurn({ kind: 'diff', before: { territories: before }, after: { territories: after } }),
  }
}

/** Started by the first task, and again after one that failed; gone when nobody has asked for a while. */
function createWorker(): (task: GeographyTask) => Promise<GeographyAnswer> {
  let kept: ChildProcess | null = null
  let leaving: NodeJS.Timeout | undefined
  const leave = (): void => {
    kept?.kill('SIGKILL')
    kept = null
  }
  return async (task) => {
    clearTimeout(leaving)
    kept ??= start()
    try {
      const answer = await answerOf(kept, task)
      leaving = setTimeout(leave, IDLE_MS).unref()
      return answer
    } catch (error) {
      leave()
      throw error
    }
  }
}

function start(): ChildProcess {
  const built = builtProgram('directory/geography/worker.ts')
  const worker = fork(built ?? fileURLToPath(new URL('./worker.ts', import.meta.url)), {
    execArgv: built ? [] : ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  // It ends with its parent, and does not keep it.
  worker.unref()
  worker.channel?.unref()
  return worker
}

async function answerOf(worker: ChildProcess, task: GeographyTask): Promise<GeographyAnswer> {
  const settled = new AbortController()
  const ended = once(worker, 'exit', { signal: settled.signal }).then(() => {
    throw new Error('the geography worker ended without an answer')
  })
  const signal = AbortSignal.any([settled.signal, AbortSignal.timeout(TASK_MAX_MS)])
  const answered = once(worker, 'message', { signal })
  try {
    if (worker.exitCode !== null || worker.signalCode !== null) throw new Error('the geography worker has ended')
    worker.send(task)
    const [answer] = (await Promise.race([answered, ended])) as [GeographyAnswer]
    return answer
  } finally {
    for (const wait of [ended, answered]) wait.catch(() => {})
    settled.abort()
  }
}
