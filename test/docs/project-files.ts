import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The project's files, as paths from the root: all but what .gitignore names. Walked, so that a copy without git will do. */
export async function projectFiles(): Promise<string[]> {
  const ignored = (await readFile(join(root, '.gitignore'), 'utf8')).split('\n').map((line) => line.replaceAll('/', ''))
  return walk('', new Set(['.git', ...ignored]))
}

async function walk(folder: string, ignored: Set<string>): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const kept = entries.filter(({ name }) => !ignored.has(name))
  const nested = await Promise.all(
    kept.map((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? walk(path, ignored) : [path]
    }),
  )
  return nested.flat()
}
