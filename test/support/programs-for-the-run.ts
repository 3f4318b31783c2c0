import { mkdirSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { buildPrograms } from '../../local/build-programs.mjs'
import { PROJECT_ROOT } from '../../local/project-root.ts'

/** What tests start as a process of its own, beside the programs. */
const others = [
  'analyst-engine',
  'dying-router',
  'ghl-process',
  'rebuild-process',
  'router-process',
  'sink-process',
].map((name) => `test/support/${name}.ts`)

/** Builds the programs of this run, in a folder of its own: some 150 processes are started, by several runs at once. */
export default async function setup(): Promise<() => Promise<void>> {
  const cache = join(PROJECT_ROOT, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  // Below node_modules, so that what stays outside is found from there.
  const outdir = mkdtempSync(join(cache, 'hexroute-programs-'))
  await buildPrograms(outdir, others)
  process.env.HEXROUTE_PROGRAMS = outdir
  return () => rm(outdir, { recursive: true, force: true })
}
