import { readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { projectFiles } from './project-files.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const sourceFile = /\.(ts|mjs|cjs|js|sql|lua)$/
const LINES_MAX = 300

let files: { name: string; text: string }[] = []
const named = (pattern: RegExp) => files.filter(({ name }) => pattern.test(name))

beforeAll(async () => {
  const names = (await projectFiles()).filter((name) => !/^package-lock\.json$|\.(png|woff2)$/.test(name))
  files = await Promise.all(names.map(async (name) => ({ name, text: await readFile(join(root, name), 'utf8') })))
})

test('no file names a path of the machine that it was written on', () => {
  const machinePath = /(?<![\w./~-])\/(home|Users|work|root)\/[a-z]|\.\.\/shared\//
  expect(offenders(files, machinePath)).toEqual([])
})

test(`no source file is longer than ${LINES_MAX} lines`, () => {
  const written = named(sourceFile).filter(({ name }) => !/\/(generated|schema)\//.test(name))
  const long = written.map(({ name, text }) => ({ name, lines: text.trimEnd().split('\n').length }))
  expect(long.filter(({ lines }) => lines > LINES_MAX)).toEqual([])
})

test('no test is skipped or run alone, and no check is switched off in place', () => {
  const pattern =
    /\b(test|it|describe)\.(skip|skipIf|runIf|only|todo)\b|biome-ignore|@ts-(ignore|expect-error|nocheck)|\bas any\b(?! [a-z])/
  expect(offenders(named(sourceFile), pattern, ['test/docs/texts.test.ts'])).toEqual([])
})

test('every npm command in the texts is a script of package.json', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const commands = named(/\.md$/).flatMap(({ name, text }) =>
    [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map(([, run, short]) => ({
      name,
      script: run ?? short!,
    })),
  )
  expect(commands.filter(({ script }) => !(script in scripts))).toEqual([])
  expect(commands.map(({ script }) => script)).toEqual(expect.arrayContaining(['start', 'test']))
})

test('every script of package.json starts a file or a program that is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const started = Object.values(scripts).flatMap((line) => line.match(/[\w./-]+\.(mjs|ts)\b/g) ?? [])
  expect(started.filter((file) => !files.some(({ name }) => name === normalize(file)))).toEqual([])
})

test('every relative link in the texts leads to a file or a folder', () => {
  const links = named(/\.md$/).flatMap(({ name, text }) =>
    [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, target]) => ({
      name,
      target: normalize(join(dirname(name), target!)).replace(/\/$/, ''),
    })),
  )
  const missing = links.filter(
    ({ target }) => !files.some(({ name }) => name === target || name.startsWith(`${target}/`)),
  )
  expect(missing).toEqual([])
})

function offenders(among: typeof files, pattern: RegExp, except: string[] = []): string[] {
  return among
    .filter(({ name }) => !except.includes(name))
    .flatMap(({ name, text }) =>
      text
        .split('\n')
        .flatMap((line, i) => (pattern.test(line) ? [`${name}:${i + 1} ${line.trim().slice(0, 120)}`] : [])),
    )
}

function read(name: string): string {
  const file = files.find((candidate) => candidate.name === name)
  if (!file) throw new Error(`${name} is missing`)
  return file.text
}
