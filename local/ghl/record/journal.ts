import { closeSync, createReadStream, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { apply, type Change } from './apply.ts'
import { snapshotLines } from './snapshot.ts'
import { newState, type State } from './state.ts'

/** The one way to change the state: in memory at once, on disk when the promise resolves. */
export type Journal = {
  state: State
  commit: (changes: Change[]) => Promise<void>
  close: () => Promise<void>
}

/** Rewriting costs about a second per 100 MB, so rarely. */
const COMPACT_BYTES_MIN = 128 * 1024 * 1024

/**
 * Opens `<dir>/journal.jsonl`, replays it, and appends to it. A commit is one line: a line cut short by SIGKILL is one
 * that nobody was told of. Lines of one turn of the event loop share a write; no fsync, a power cut may lose the last ones.
 */
export async function openJournal(dir: string): Promise<Journal> {
  mkdirSync(dir, { recursive: true })
  const path = join(dir, 'journal.jsonl')
  const state = await replay(path)
  let bytes = rewrite(path, state)
  let bytesMax = Math.max(COMPACT_BYTES_MIN, bytes * 3)
  let file: FileHandle = await open(path, 'a')
  let lines: string[] = []
  let writing: Promise<void> | undefined

  const write = async (): Promise<void> => {
    // Gives all commits of this turn a seat in the same write.
    await new Promise((resolve) => setImmediate(resolve))
    writing = undefined
    const batch = lines.join('')
    lines = []
    bytes += batch.length
    await file.appendFile(batch)
  }
  let last: Promise<void> = Promise.resolve()

  const compact = async (): Promise<void> => {
    await file.close()
    lines = []
    bytes = rewrite(path, state)
    bytesMax = Math.max(COMPACT_BYTES_MIN, bytes * 3)
    file = await open(path, 'a')
  }

  const commit = (changes: Change[]): Promise<void> => {
    for (const change of changes) apply(state, change)
    lines.push(`${JSON.stringify(changes)}\n`)
    if (!writing) {
      writing = last.then(write)
      last = writing.then(() => (bytes > bytesMax ? compact() : undefined))
    }
    return writing
  }
  return {
    state,
    commit,
    close: async () => {
      await last
      await file.close()
    },
  }
}

async function replay(path: string): Promise<State> {
  const state = newState()
  if (!existsSync(path)) return state
  for await (const line of createInterface({ input: createReadStream(path) })) {
    for (const change of parse(line)) apply(state, change)
  }
  return state
}

function parse(line: string): Change[] {
  try {
    return JSON.parse(line) as Change[]
  } catch {
    return []
  }
}

/** Writes the short journal beside the old one and swaps them; returns its size. */
function rewrite(path: string, state: State): number {
  const file = openSync(`${path}.new`, 'w')
  let bytes = 0
  for (const line of snapshotLines(state)) bytes += writeSync(file, line)
  closeSync(file)
  renameSync(`${path}.new`, path)
  return bytes
}
