import { coverageOf } from '../../decide/geography/coverage.ts'
import { createGazetteer } from '../../decide/geography/gazetteer.ts'
import { diffTerritories } from '../../decide/geography/territory-diff.ts'
import type { GeographyAnswer, GeographyTask } from './ask-worker.ts'

/** A process of its own: a large ruleset takes seconds, in which the API goes on answering. It ends with the one that asks. */
process.on('message', (task: GeographyTask) => {
  process.send!(answer(task))
})

const gazetteer = createGazetteer()

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
      return coverageOf(task.ruleset, gazetteer)
    case 'diff':
      return diffTerritories(task.before, task.after, gazetteer)
  }
}
