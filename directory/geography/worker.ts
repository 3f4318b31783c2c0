import { coverageOf } from '../../decide/geography/coverage.ts'
import { createGazetteer } from '../../decide/geography/gazetteer.ts'
import { diffTerritories } from '../../decide/geography/territory-diff.ts'
import type { GeographyAnswer, GeographyTask } from './ask-worker.ts'

/** A process for one task and gone after it: a large ruleset takes seconds, in which the API goes on answering. */
process.once('message', (task: GeographyTask) => {
  process.send!(answer(task), () => process.disconnect())
})

function answer(task: GeographyTask): GeographyAnswer {
  try {
    return { ok: true, answer: work(task) }
  } catch (error) {
    return { ok: false, message: (error as Error).message }
  }
}

function work(task: GeographyTask): unknown {
  switch (task.kind) {
    case 'coverage':
      return coverageOf(task.ruleset, createGazetteer())
    case 'diff':
      return diffTerritories(task.before, task.after, createGazetteer())
  }
}
