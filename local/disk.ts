import { mkdirSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { Problem } from './problem.ts'

/** PostgreSQL's write-ahead log alone may take 2 GB; under 1 GB a burst of leads would fill the disk. */
const FREE_BYTES_MIN = 1024 ** 3

/** @throws Problem when the disk of the data directory has too little room to start. */
export async function checkDisk(dir: string, freeBytesMin = FREE_BYTES_MIN): Promise<void> {
  makeDirectory(dir)
  const { bavail, bsize } = await statfs(dir)
  const freeBytes = bavail * bsize
  if (freeBytes >= freeBytesMin) return
  throw new Problem(
    `Only ${mib(freeBytes)} MiB are free on the disk of ${dir}, and hexroute needs ${mib(freeBytesMin)} MiB: free some space, or choose another disk with --data`,
  )
}

const mib = (bytes: number): number => Math.floor(bytes / 1024 ** 2)

function makeDirectory(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o755 })
  } catch (error) {
    throw new Problem(`Cannot make the directory ${dir}: ${error instanceof Error ? error.message : error}`)
  }
}
