import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileRuleset } from '../decide/compile-ruleset.ts'
import { compileTerritories, territoriesAt } from '../decide/compile-territories.ts'
import { createNearestIndex } from '../decide/geography/nearest.ts'
import { createLogger } from '../kernel/logger.ts'
import { createPostgres } from '../kernel/postgres.ts'
import { startPostgres } from '../local/backends/postgres.ts'
import { migrate } from '../migrations/migrate.ts'
import { projectRuleset } from '../router/stores/project-ruleset.ts'
import { largeRuleset } from './publish/large-ruleset.ts'

/**
 * `node --expose-gc --import tsx bench/publish.ts [FILE]`: how long a large ruleset takes from its document to a compiled index
 * and to its tables in Postgres, and what the index weighs. Prints Markdown, and writes it to FILE.
 */
const collect = globalThis.gc
if (!collect) throw new Error('run with --expose-gc')
const published = largeRuleset({ locations: 1_000, radiusM: 40_000, polygons: 100, points: 500, zips: 41_000 })
const many = createNearestIndex(
  largeRuleset({ locations: 10_000, radiusM: 1, polygons: 0, points: 4, zips: 0 }).locations,
)
const dir = mkdtempSync(join(tmpdir(), 'hexroute-bench-'))
const postgres = await startPostgres({ dir: join(dir, 'postgres'), password: 'bench', disposable: true })
await migrate({ databaseUrl: postgres.url })
const pool = createPostgres({
  url: postgres.url,
  process: 'bench',
  connectionsMax: 2,
  log: createLogger('bench', 'warn'),
})
try {
  const rows: string[] = []
  for (let round = 0; round < 3; round += 1) rows.push(await publish(round))
  const text = report(rows)
  console.log(text)
  if (process.argv[2]) writeFileSync(process.argv[2], text)
} finally {
  await pool.end()
  await postgres.stop()
  rmSync(dir, { recursive: true, force: true })
}

async function publish(round: number): Promise<string> {
  const ruleset = { ...published, hash: `${published.hash}-${round}` }
  const before = used()
  const startMs = performance.now()
  const index = compileTerritories(ruleset.document.territories)
  const compiledMs = performance.now()
  await projectRuleset(pool, ruleset, index)
  const projectedMs = performance.now()
  await projectRuleset(pool, ruleset, index)
  const againMs = performance.now()
  const heapMb = used() - before
  const whole = compileRuleset(ruleset)
  const cells = index.layers.reduce((sum, { keys }) => sum + keys.length, 0)
  const claims = index.layers.reduce((sum, layer) => sum + layer.claims.length, 0)
  const seconds = (ms: number): string => (ms / 1_000).toFixed(2)
  const columns = [
    round + 1,
    seconds(compiledMs - startMs),
    seconds(projectedMs - compiledMs),
    seconds(projectedMs - startMs),
    seconds(againMs - projectedMs),
    cells,
    claims,
    index.codes.size,
    heapMb.toFixed(1),
    lookUpMicros(whole.territories),
    nearestMicros(whole.nearest),
    nearestMicros(many),
  ]
  return `| ${columns.join(' | ')} |`
}

/** Megabytes of heap and array buffers in use after a collection. */
function used(): number {
  collect?.()
  // What a first collection only unlinks, a second one frees.
  collect?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1e6
}

function lookUpMicros(index: Parameters<typeof territoriesAt>[0]): string {
  const spot = { country: 'US', postalCode: '30305', plus4: null, state: 'GA', fault: null }
  return micros((point) => territoriesAt(index, { ...spot, point }))
}

function nearestMicros(index: ReturnType<typeof compileRuleset>['nearest']): string {
  return micros((point) => index.find(point, 10))
}

function micros(ask: (point: { latitude: number; longitude: number }) => unknown): string {
  const COUNT = 100_000
  const startMs = performance.now()
  for (let i = 0; i < COUNT; i += 1) ask({ latitude: 27 + (i % 211) / 10, longitude: -122 + (i % 491) / 10 })
  return (((performance.now() - startMs) * 1_000) / COUNT).toFixed(1)
}

function report(rows: string[]): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim()
  return [
    '# publish: a large ruleset becomes an index and tables',
    '',
    'Command: `node --expose-gc --import tsx bench/publish.ts`',
    '',
    `Machine: ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}, load average ${loadavg()[0]?.toFixed(1)}, commit ${commit}.`,
    'PostgreSQL without fsync on the same machine. 1,000 locations, each with a 40 km radius; 100 polygons of 500 points (40 km',
    'across); 41,000 exclusive US ZIPs. The figures of three rounds, each under a hash of its own.',
    '',
    '| round | compile s | project s | both s | project again s | cells | claims in cells | codes | index MB | look-up µs | nearest 10 of 1,000 µs | of 10,000 µs |',
    '|---|---|---|---|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    '- *project*: territories, codes, cells and caps to Postgres in one transaction; *again*: what the other routers do.',
    '- *index MB*: heap and array buffers that the compiled territories keep, for 1,000 locations. The document is not in it.',
    '- *look-up*: all territories of a lead with a ZIP and a point, cells of every resolution in use, exact tests included.',
    '',
    '## What it does not show',
    '- The lint and the HTTP request before it, fsync, a Postgres over the network, the memory of the document itself.',
    '',
  ].join('\n')
}
