// npm run build, and first thing of npm start: every program as one file below dist/, and what several of them share. A built
// program starts with 0.4 s of processor; through tsx, with a thousand small files of libraries, it takes 2 to 4 s.
// Plain Node, since npm start is. What is built finds its scripts, pages and migrations where they lie now: build where it runs.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
export const DIST = join(root, 'dist')

const PROGRAMS = [
  ...['directory', 'ingest', 'router', 'delivery', 'analytics', 'cli', 'local', 'local/clickhouse', 'local/ghl'].map(
    (folder) => `${folder}/main.ts`,
  ),
  'directory/geography/worker.ts',
]
/** With native code, or with tables that are read faster as they are. */
const external = ['chdb', 'sodium-native', 'zipcodes']

/**
 * Builds the programs, and others that are named by their files below the project's root, into a folder below that root.
 * @param {string} outdir absolute
 * @param {string[]} others
 */
export async function buildPrograms(outdir = DIST, others = []) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    outbase: root,
    entryPoints: [...PROGRAMS, ...others],
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'shared/[name]-[hash]',
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external,
    // For `node --enable-source-maps`, which names our files in a stack and takes 0.3 s more to start.
    sourcemap: true,
    sourcesContent: false,
    plugins: [ownPlaces],
    logLevel: 'error',
    define: { 'process.env.HEXROUTE_PROGRAMS': JSON.stringify(outdir) },
    // Libraries in CommonJS ask for modules of Node.
    banner: { js: `import { createRequire as r } from 'node:module'; const require = r(import.meta.url);` },
  })
  for (const file of outputFiles) put(file)
  removeOthers(outdir, new Set(outputFiles.map(({ path }) => path)))
}

/** Whole or not at all: another `npm start` may be reading it. */
function put({ path, contents }) {
  if (existsSync(path) && readFileSync(path).equals(contents)) return
  mkdirSync(dirname(path), { recursive: true })
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, contents)
  renameSync(unfinished, path)
}

/** What was shared by an earlier build has another name. */
function removeOthers(outdir, built) {
  for (const name of readdirSync(outdir, { recursive: true })) {
    const path = join(outdir, name)
    if (/[.]mjs([.]map)?$/.test(path) && !built.has(path)) rmSync(path)
  }
}

/** @type {import('esbuild').Plugin} */
const ownPlaces = {
  name: 'own-places',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[.]ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      return { loader: 'ts', contents: source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)) }
    })
  },
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPrograms()
