import { mkdirSync, mkdtempSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { PROJECT_ROOT } from '../../local/project-root.ts'

/** Everything that tests start as a process of its own. */
const entries = [
  ...['directory', 'ingest', 'router', 'delivery', 'analytics', 'cli', 'local/clickhouse', 'local/ghl'].map(
    (folder) => `${folder}/main.ts`,
  ),
  'directory/geography/worker.ts',
  ...['analyst-engine', 'dying-router', 'ghl-process', 'rebuild-process', 'router-process', 'sink-process'].map(
    (name) => `test/support/${name}.ts`,
  ),
]
/** With native code, or with tables that are read faster as they are. */
const external = ['chdb', 'sodium-native', 'zipcodes']

/**
 * Builds the programs of this run: some 150 processes are started, and through tsx each takes 2 to 4 s of CPU, most of it
 * for the way to a thousand small files of libraries. Built, 0.4 s. `npm start`, in the browser tests, is run as it is.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  // Another project of the run has built them.
  if (process.env.HEXROUTE_PROGRAMS) return undefined
  const cache = join(PROJECT_ROOT, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  // Below node_modules, so that what stays outside is found from there.
  const outdir = mkdtempSync(join(cache, 'hexroute-programs-'))
  await build({
    ...{ absWorkingDir: PROJECT_ROOT, entryPoints: entries, outbase: PROJECT_ROOT, outdir },
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20', external },
    ...{ outExtension: { '.js': '.mjs' }, plugins: [ownPlaces], logLevel: 'error' },
    // Libraries in CommonJS ask for modules of Node.
    banner: { js: `import { createRequire as r } from 'node:module'; const require = r(import.meta.url);` },
  })
  process.env.HEXROUTE_PROGRAMS = outdir
  return () => rm(outdir, { recursive: true, force: true })
}

/** Scripts, pages and migrations are found beside their source, wherever the built file lies. */
const ownPlaces: Plugin = {
  name: 'own-places',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[.]ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      return { loader: 'ts', contents: source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)) }
    })
  },
}
