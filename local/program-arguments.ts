import { join } from 'node:path'
import { builtProgram } from '../kernel/built-program.ts'
import { PROJECT_ROOT } from './project-root.ts'
import { typescriptArguments } from './typescript-arguments.ts'

/**
 * What Node needs to run one of our programs, named by its file below the project's root. A built one starts with 0.4 s of
 * CPU, and through tsx with 2 to 4 s.
 */
export function programArguments(entry: string): string[] {
  const built = builtProgram(entry)
  return built ? [built] : [...typescriptArguments, join(PROJECT_ROOT, entry)]
}
