import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = await readFile(join(root, 'docs/routing-cases.md'), 'utf8')
const rows = [...page.matchAll(/^\| (.+?) +\| (\S+\.ts) +\| `(.+)` +\|$/gm)].map(
  ([, name, file, words]) => [name!, file!, words!] as const,
)

describe('each case of docs/routing-cases.md is in its test', () => {
  test('the table is read whole', () => {
    expect(rows).toHaveLength(page.split('\n').filter((line) => /^\| .*\.ts/.test(line)).length)
    expect(rows.length).toBeGreaterThan(80)
  })

  test.each(rows)('%s: %s', async (_case, file, words) => {
    expect(await readFile(join(root, file), 'utf8')).toContain(words)
  })
})
