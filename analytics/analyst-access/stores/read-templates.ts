import { readFile } from 'node:fs/promises'
import type { AccessTemplates } from '../access-statements.ts'

/** Read by path, as the steps of the schema are. */
export async function readTemplates(): Promise<AccessTemplates> {
  const read = (name: keyof AccessTemplates): Promise<string> =>
    readFile(new URL(`../../../migrations/clickhouse-access/${name}.sql`, import.meta.url), 'utf8')
  return {
    analysts: await read('analysts'),
    reader: await read('reader'),
    rows: await read('rows'),
    view: await read('view'),
    user: await read('user'),
    gone: await read('gone'),
    none: await read('none'),
  }
}
