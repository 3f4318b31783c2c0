import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { projectFiles } from './project-files.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

let document = ''
let sources: { name: string; text: string }[] = []

beforeAll(async () => {
  document = await readFile(join(root, 'docs/errors.md'), 'utf8')
  const shipped = (await projectFiles()).filter((name) => /^[a-z]+\/.*(?<!\.test)\.ts$/.test(name))
  sources = await Promise.all(shipped.map(async (name) => ({ name, text: await readFile(join(root, name), 'utf8') })))
})

describe('docs/errors.md has a line for every code, and no line for a code that is gone', () => {
  test.each(['ingest', 'directory', 'analytics', 'delivery'])('%s', (stage) => {
    const texts = sources.filter(({ name }) => name.startsWith(`${stage}/`)).map(({ text }) => text)
    expect(documentedCodes(stage)).toEqual([...new Set(texts.flatMap(codesIn))].sort())
  })
})

test('the section of a stage with codes has a sentence for each', () => {
  const lines = document.split('\n').filter((line) => /^\| `[A-Z]/.test(line))
  const cells = lines.map((line) => line.split('|').slice(1, -1))
  expect(cells.filter((row) => row.some((cell) => cell.trim() === ''))).toEqual([])
})

/** Codes of the table under `## <stage>`. */
function documentedCodes(stage: string): string[] {
  const section = document.split(/^## /m).find((part) => part.startsWith(`${stage}\n`)) ?? ''
  return [...section.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code!).sort()
}

/** Where a code is written: a table of problems or of operations, a list of warnings, an error class, a `code:` or `reason:`, a call that gives up. */
function codesIn(source: string): string[] {
  const places = [
    ...source.matchAll(/^ {2}([A-Z][A-Z_]+): \{/gm),
    ...source.matchAll(/^ {2}'[a-z-]+': '([A-Z][A-Z_]+)'/gm),
    ...source.matchAll(/\b(?:createError|deadLetter|giveUp|sendProblem)\((?:[^()']|\([^()]*\))*'([A-Z][A-Z_]+)'/g),
  ].map(([, code]) => code!)
  const values = [...source.matchAll(/\b(?:code|reason)\??:[^,;{}\n]*/g)].flatMap(([text]) =>
    [...text.matchAll(/'([A-Z][A-Z_]+[A-Z])'/g)].map(([, code]) => code!),
  )
  const lists = [...source.matchAll(/Warnings = \[([^\]]*)\]/g)].flatMap(([, list]) =>
    [...list!.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code!),
  )
  return [...places, ...values, ...lists]
}
