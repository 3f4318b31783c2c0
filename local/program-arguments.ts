import { join } from 'node:path'
import { builtProgram } from '../kernel/built-program.ts'
import { PROJECT_ROOT } from './project-root.ts'

/** What Node needs to run one of our programs, named by its file below the project's root: as it was built, or by tsx. */
export function programArguments(entry: string): string[] {
  const built = builtProgram(entry)
  return built ? [built] : ['--import', 'tsx', join(PROJECT_ROOT, entry)]
}
