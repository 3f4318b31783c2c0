import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from './failure.ts'

/** A JSON file, looked for where the command was typed: npm runs scripts in the project's root. */
export function readJson(file: string): unknown {
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), file)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure('NO_FILE', `${file} cannot be read: ${(error as Error).message}.`, { isUsage: true })
  }
  try {
    // Editors of Windows put a byte order mark in front.
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new Failure('NOT_JSON', `${file} is not JSON: ${(error as Error).message}.`)
  }
}
