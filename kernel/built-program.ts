import { join } from 'node:path'

/**
 * The built file of one of our programs, named by its source below the project's root; null in one that runs from its source.
 * The build puts the folder of what it builds in place of the variable; a run of the tests sets it.
 */
export function builtProgram(entry: string): string | null {
  const folder = process.env.HEXROUTE_PROGRAMS
  return folder ? join(folder, entry.replace(/[.]ts$/, '.mjs')) : null
}
