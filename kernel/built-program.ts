import { join } from 'node:path'

/**
 * The built file of one of our programs, named by its source below the project's root, where HEXROUTE_PROGRAMS names a
 * directory of built ones; null where programs run from their sources.
 */
export function builtProgram(entry: string): string | null {
  const { HEXROUTE_PROGRAMS } = process.env
  return HEXROUTE_PROGRAMS ? join(HEXROUTE_PROGRAMS, entry.replace(/[.]ts$/, '.mjs')) : null
}
