import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Type, { type TObject, type TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { projectFiles } from './project-files.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const stages = ['ingest', 'router', 'delivery', 'analytics', 'directory']

/** Set by the system, by npm, by CI or by the build, not by an operator. */
const foreign = new Set(['PATH', 'HOME', 'USER', 'CI', 'NODE_ENV', 'TMPDIR', 'TERM', 'NO_COLOR', 'HEXROUTE_PROGRAMS'])

test('.env.example holds every variable of every process with its default (mend it with: npx vitest run env-example -u)', async () => {
  const variables = (await Promise.all(stages.map(readVariables))).flat()
  const byName = groupBy(variables, ({ name }) => name)
  const shared = [...byName.values()].filter((uses) => uses.length > 1)
  const own = stages.map((stage) =>
    [...byName.values()].filter((uses) => uses.length === 1 && uses[0]!.stage === stage),
  )
  const sections = own.map((groups, i) => `\n# --- ${stages[i]}\n${groups.map(render).join('')}`)
  await expect(`${header}${shared.map(render).join('')}${sections.join('')}`).toMatchFileSnapshot(
    join(root, '.env.example'),
  )
})

test('a variable of several processes has one default in all of them', async () => {
  const variables = (await Promise.all(stages.map(readVariables))).flat()
  const presets = [...groupBy(variables, ({ name }) => name)].map(([name, uses]) => [
    name,
    ...new Set(uses.map(({ preset }) => preset)),
  ])
  expect(presets.filter((row) => row.length > 2)).toEqual([])
})

test('every variable that shipped code reads stands in .env.example', async () => {
  const documented = namesIn(await readFile(join(root, '.env.example'), 'utf8'))
  const shipped = (await projectFiles()).filter((file) =>
    /^(ingest|router|delivery|analytics|directory|kernel)\//.test(file),
  )
  const read = new Set<string>()
  for (const file of shipped.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))) {
    const source = await readFile(join(root, file), 'utf8')
    for (const [, name] of source.matchAll(/\benv\.([A-Z][A-Z0-9_]+)\b/g)) read.add(name!)
  }
  expect([...read].filter((name) => !documented.has(name) && !foreign.has(name))).toEqual([])
})

const header = `# The environment of every process, with defaults. A variable without a value here has to be given, unless it is optional.
# A value @path is replaced by that file's content. Under \`npm start\` nothing has to be given.

# --- every process
# fatal, error, warn, info, debug or trace
LOG_LEVEL=info

# --- several processes
`

type Variable = { stage: string; name: string; description: string; preset: string; optional: boolean }

async function readVariables(stage: string): Promise<Variable[]> {
  const module = (await import(join(root, stage, 'env.ts'))) as Record<string, unknown>
  const schemas = Object.values(module).filter((value): value is TObject => Type.IsObject(value))
  const properties = schemas.flatMap((schema) => Object.entries(schema.properties as Record<string, TSchema>))
  const own = properties.filter(([name]) => name !== 'LOG_LEVEL')
  return own.map(([name, schema]) => {
    const { description, default: preset = '' } = schema as { description?: string; default?: string | number }
    if (description === undefined) throw new Error(`${name} of ${stage} has no description`)
    return { stage, name, description, preset: String(preset), optional: Type.IsOptional(schema) }
  })
}

/** One line per meaning, so that a shared variable says what each process wants with it. */
function render(uses: Variable[]): string {
  const { name, preset } = uses[0]!
  const meanings = groupBy(uses, ({ description }) => description)
  const comments = [...meanings].map(([description, same]) => {
    const who = uses.length > 1 ? `${same.map(({ stage }) => stage).join(', ')}: ` : ''
    return `# ${who}${description}${same[0]!.optional ? ' (optional)' : ''}\n`
  })
  return `${comments.join('')}${name}=${preset}\n`
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

const namesIn = (text: string): Set<string> =>
  new Set([...text.matchAll(/^([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name!))
