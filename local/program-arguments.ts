import { join } from 'node:path'
import { PROJECT_ROOT } from './project-root.ts'
import { typescriptArguments } from './typescript-arguments.ts'

/**
 * What Node needs to run one of our programs, named by its file below the project's root. Where HEXROUTE_PROGRAMS names
 * a directory of built ones it is that file alone: it starts with 0.4 s of CPU, and through tsx with 2 to 4 s.
 */
export function programArguments(entry: string): string[] {
  const { HEXROUTE_PROGRAMS } = process.env
  return HEXROUTE_PROGRAMS
    ? [join(HEXROUTE_PROGRAMS, entry.replace(/[.]ts$/, '.mjs'))]
    : [...typescriptArguments, join(PROJECT_ROOT, entry)]
}
