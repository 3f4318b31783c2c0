/** Enough for all ids and labels of the rulesets in use. */
const KNOWN_MAX = 50_000
const known = new Map<string, string>()

/** JSON of an id or a label. They come again and again: remembering them takes a third of the time of quoting them. */
export function nameText(name: string): string {
  const text = known.get(name)
  if (text !== undefined) return text
  if (known.size >= KNOWN_MAX) known.clear()
  const quoted = JSON.stringify(name)
  known.set(name, quoted)
  return quoted
}

export const nullableName = (name: string | null): string => (name === null ? 'null' : nameText(name))

/** A list of anything, which is empty in most decisions. */
export const listText = (list: readonly unknown[]): string => (list.length === 0 ? '[]' : JSON.stringify(list))
