import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Type, { type TObject, type TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { projectFiles } from './project-files.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const stages = ['ingest', 'router', 'delivery', 'analytics', 'directory']

/** Set by the system, by npm or by CI, not by an operator. */
const foreign = new Set(['PATH', 'HOME', 'USER', 'CI', 'NODE_ENV', 'TMPDIR', 'TERM', 'NO_COLOR'])

test('.env.example holds every variable of every process with its default (mend it with: npx vitest run env-example -u)', async () => {
  const sections = await Promise.all(stages.map(async (stage) => renderStage(stage, await readSchemas(stage))))
  await expect(`${header}${sections.join('')}`).toMatchFileSnapshot(join(root, '.env.example'))
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

const header = `# The environment of every process, with defaults; a line without a value has to be given. Copy to .env or set it in your
# orchestrator. A value @path is replaced by that file's content. Under \`npm start\` nothing has to be given.

# --- every process
# trace, debug, info, warn, error, fatal or silent
LOG_LEVEL=info
`

async function readSchemas(stage: string): Promise<TObject[]> {
  const files = (await readdir(join(root, stage))).filter((file) => file === 'env.ts')
  const modules = await Promise.all(
    files.map((file) => import(join(root, stage, file)) as Promise<Record<string, unknown>>),
  )
  return modules.flatMap((module) => Object.values(module)).filter((value): value is TObject => Type.IsObject(value))
}

function renderStage(stage: string, schemas: TObject[]): string {
  const properties = schemas.flatMap(({ properties }) => Object.entries(properties as Record<string, TSchema>))
  return `\n# --- ${stage}\n${properties.map(([name, schema]) => renderVariable(name, schema)).join('')}`
}

function renderVariable(name: string, schema: TSchema): string {
  const { description, default: preset } = schema as { description?: string; default?: string | number }
  if (description === undefined) throw new Error(`${name} has no description`)
  const note = Type.IsOptional(schema) ? ' (optional)' : ''
  return `# ${description}${note}\n${name}=${preset ?? ''}\n`
}

const namesIn = (text: string): Set<string> =>
  new Set([...text.matchAll(/^([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name!))
