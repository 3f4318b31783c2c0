import { mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Files in memory, as Linux has them. */
const MEMORY = '/dev/shm'
/** All stores of a run took 15 MB at once. */
const ROOM_BYTES = 2 * 1024 ** 3
const NAME = 'hexroute-clickhouse-'
const DAY_MS = 86_400_000

/**
 * Where all ClickHouse of a run lie, but those that `npm start` starts, which lie where a user's do. An insert makes some 40
 * files, and the next merge removes them: 64 inserts took 3 to 5 s of processor on a disk that other tests use as well, and 1.9 s in
 * memory. A killed process loses as little of either. At full size, and where there is little room, they lie on the disk.
 */
export function makeStoreDirectory(): string {
  const parent = process.env.CHAOS !== 'long' && hasRoom() ? MEMORY : tmpdir()
  removeLeftovers(parent)
  const dir = mkdtempSync(join(parent, NAME))
  // At the end, and when the run is broken off: what lies in memory would stay there until the machine is started anew.
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  return dir
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize >= ROOM_BYTES
  } catch {
    return false
  }
}

/** Of runs that were killed. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent).filter((each) => each.startsWith(NAME))) {
    const dir = join(parent, name)
    try {
      if (Date.now() - statSync(dir).mtimeMs > DAY_MS) rmSync(dir, { recursive: true, force: true })
    } catch {
      // Another user's, or another run was faster.
    }
  }
}
