/** Where two JSON values part: a JSON pointer (RFC 6901) and what stands there; `undefined` is told as absent. */
export type Difference = { path: string; recorded: string; replayed: string }

const TEXT_LENGTH_MAX = 200
/** Where somebody lives, and what a form says, are for nobody's terminal. */
const PRIVATE = ['/place', '/leadSource', '/leadCampaign']

/** In the order of the keys; null when the values are equal, whatever the order. */
export function firstDifference(recorded: unknown, replayed: unknown, path = ''): Difference | null {
  if (Object.is(recorded, replayed)) return null
  if (!isNode(recorded) || !isNode(replayed) || Array.isArray(recorded) !== Array.isArray(replayed))
    return { path, recorded: shown(recorded, path), replayed: shown(replayed, path) }
  const keys = new Set([...Object.keys(recorded), ...Object.keys(replayed)])
  for (const key of keys) {
    const below = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const found = firstDifference(recorded[key], replayed[key], below)
    if (found) return found
  }
  return null
}

const isNode = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function shown(value: unknown, path: string): string {
  if (PRIVATE.some((part) => path === part || path.startsWith(`${part}/`))) return 'not shown'
  return (JSON.stringify(value) ?? 'absent').slice(0, TEXT_LENGTH_MAX)
}
