import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const configFile = join(root, '.dependency-cruiser.cjs')
const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')

type Violation = { rule: string; from: string }
type Plant = { rule: string; file: string; source: string }

/** One file per violation; each must be named by its own rule and by no other. */
const plants: Plant[] = [
  ['stages-meet-on-the-wire', 'router/peek.ts', '../ingest/gate.ts'],
  ['stages-meet-on-the-wire', 'dashboards/peek.ts', '../analytics/figure.ts'],
  ['contracts-import-only-typebox', 'contracts/hashed.ts', 'node:crypto'],
  ['contracts-import-only-typebox', 'contracts/plumbed.ts', '../kernel/plumbing.ts'],
  ['kernel-knows-no-domain', 'kernel/nosy.ts', '../contracts/lead.ts'],
  ['steps-are-pure', 'router/steps/read-file.ts', 'node:fs/promises'],
  ['steps-are-pure', 'router/steps/reach-around.ts', '../stores/leads.ts'],
  ['steps-are-pure', 'decide/read-file.ts', 'node:fs/promises'],
  ['decide-stands-alone', 'decide/look-around.ts', '../ingest/gate.ts'],
  ['drivers-at-the-edge', 'router/reload.ts', 'ioredis'],
  ['drivers-at-the-edge', 'ingest/publish.ts', '@nats-io/jetstream'],
  ['http-at-the-edge', 'directory/serve.ts', 'fastify'],
  ['http-at-the-edge', 'directory/secure.ts', '@fastify/cors'],
  ['nobody-imports-main-or-cli', 'router/restart.ts', './main.ts'],
  ['nobody-imports-main-or-cli', 'local/run-command.ts', '../cli/explain.ts'],
  ['cli-asks-the-directory', 'cli/short-cut.ts', '../directory/stores/rulesets.ts'],
  ['shipped-code-imports-no-test', 'router/borrow.ts', '../test/support/sample.ts'],
  ['shipped-code-imports-no-dev-dependency', 'delivery/shuffle.ts', 'fast-check'],
  ['stages-do-not-know-local', 'analytics/ask.ts', '../local/where.ts'],
  ['imports-resolve', 'directory/lost.ts', './gone.ts'],
  ['imports-resolve', 'directory/undeclared.ts', 'left-pad'],
  ['no-cycles', 'router/egg.ts', './hen.ts'],
].map(([rule, file, target]) => ({ rule: rule!, file: file!, source: importing(target!) }))

/** What the rules must leave alone. */
const allowed: Record<string, string[]> = {
  'router/main.ts': ['pg', 'ioredis', './stores/leads.ts', './steps/decide.ts', '../kernel/plumbing.ts'],
  'router/stores/leads.ts': ['pg', '../../contracts/lead.ts'],
  'router/steps/decide.ts': ['node:crypto', 'h3-js', '../../contracts/lead.ts', './rank.ts'],
  'decide/choose.ts': ['node:crypto', 'h3-js', '../contracts/lead.ts'],
  'router/steps/rank.ts': [],
  // The other half of the planted cycle: a cycle is reported once, at its first file.
  'router/hen.ts': ['./egg.ts'],
  'router/steps/decide.test.ts': ['fast-check', 'node:fs', './decide.ts'],
  'ingest/app.ts': ['fastify', './hook-route.ts'],
  'ingest/hook-route.ts': ['fastify', './gate.ts'],
  'ingest/gate.ts': ['../contracts/lead.ts'],
  'analytics/figure.ts': [],
  'directory/problems.ts': ['@fastify/error'],
  'directory/stores/rulesets.ts': ['pg'],
  'analytics/sink/insert.ts': ['@clickhouse/client'],
  'kernel/plumbing.ts': ['pg', 'undici'],
  'contracts/lead.ts': ['typebox'],
  'local/where.ts': ['pg', '../contracts/lead.ts'],
  'cli/explain.ts': ['commander', '../kernel/plumbing.ts', './print.ts', '../router/stores/leads.ts'],
  'cli/print.ts': [],
  'test/support/sample.ts': ['pg', 'fast-check', '../../router/steps/decide.ts'],
}

let violations: Violation[] = []
let tree = ''

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'hexroute-boundaries-'))
  await cp(join(root, 'package.json'), join(tree, 'package.json'))
  await cp(join(root, 'tsconfig.json'), join(tree, 'tsconfig.json'))
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'))
  for (const { file, source } of plants) await plant(file, source)
  for (const [file, targets] of Object.entries(allowed)) await plant(file, targets.map(importing).join(''))
  violations = await cruise(tree)
}, 60_000)

afterAll(() => rm(tree, { recursive: true, force: true }))

describe('each import rule names the violation planted for it', () => {
  test.each(plants)('$rule: $file', ({ rule, file }) => {
    expect(violations.filter((violation) => violation.from === file)).toEqual([{ rule, from: file }])
  })
})

test('the import rules leave the allowed imports alone', () => {
  expect(violations.filter(({ from }) => from in allowed)).toEqual([])
})

test('no import rule stands without a planted violation', () => {
  const { forbidden } = createRequire(import.meta.url)(configFile) as { forbidden: { name: string }[] }
  expect(forbidden.map(({ name }) => name).sort()).toEqual([...new Set(plants.map(({ rule }) => rule))].sort())
})

test('the project itself breaks no import rule', { timeout: 60_000 }, async () => {
  expect(await cruise(root)).toEqual([])
})

async function cruise(folder: string): Promise<Violation[]> {
  const args = [cruiser, '--config', configFile, '--output-type', 'json', '.']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 28 })
  const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string }; from: string }[] } }
  const found = summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }))
  return [...new Map(found.map((violation) => [JSON.stringify(violation), violation])).values()]
}

async function plant(file: string, source: string): Promise<void> {
  await mkdir(dirname(join(tree, file)), { recursive: true })
  await writeFile(join(tree, file), `${source}export const here = true\n`)
}

function importing(target: string): string {
  return `import '${target}'\n`
}
