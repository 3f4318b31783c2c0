import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export type PortOwner = { pid: number; name: string }

/** Who listens on a TCP port here, as far as this user may see it. Linux only: elsewhere nobody is named. */
export function portOwner(port: number): PortOwner | undefined {
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)))
  if (sockets.size === 0) return undefined
  const pid = list('/proc')
    .map(Number)
    .find((candidate) => candidate > 0 && holdsSocket(candidate, sockets))
  return pid ? { pid, name: read(`/proc/${pid}/comm`).trim() } : undefined
}

/** Lines of the table: number, local address (hex:port), remote, state (0A listens), ..., inode in the tenth column. */
function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return read(table)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(suffix) && columns[3] === '0A')
    .map((columns) => `socket:[${columns[9]}]`)
}

function holdsSocket(pid: number, sockets: Set<string>): boolean {
  return list(`/proc/${pid}/fd`).some((fd) => {
    try {
      return sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`))
    } catch {
      return false
    }
  })
}

function list(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
