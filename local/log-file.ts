import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs'

const ROTATE_BYTES = 5 * 1024 * 1024
const RUNNING_BYTES_MAX = 64 * 1024 * 1024
const TAIL_BYTES = 4096

/** Before a start: a long log becomes `.1`, so that the new one begins with this start. */
export function rotateLog(file: string): void {
  if (existsSync(file) && statSync(file).size > ROTATE_BYTES) renameSync(file, `${file}.1`)
}

/** While the child writes: copied and cut, because the child holds the file open in append mode. */
export function boundLog(file: string): void {
  if (!existsSync(file) || statSync(file).size <= RUNNING_BYTES_MAX) return
  copyFileSync(file, `${file}.1`)
  truncateSync(file)
}

/** The last lines that are not empty, oldest first. */
export function lastLines(file: string, count: number): string[] {
  if (!existsSync(file)) return []
  const handle = openSync(file, 'r')
  try {
    const size = fstatSync(handle).size
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES))
    readSync(handle, bytes, 0, bytes.length, size - bytes.length)
    const lines = bytes.toString('utf8').split('\n')
    return lines.filter((line) => line.trim() !== '').slice(-count)
  } finally {
    closeSync(handle)
  }
}
