/** A node of a statement, as the engine's own parser sees it. */
export type TreeNode = { depth: number; kind: string; name: string; alias: string; parent: string }

const LINE = /^( *)([A-Z][A-Za-z:]*)(?: (.*?))?(?: \(alias ([\p{L}\p{N}_][^.()`]*)\))?(?: \(children \d+\))?$/u

/**
 * The lines of `EXPLAIN AST`. A line that is not of this form, such as the second half of a name with a line break in
 * it, makes the whole tree unreadable: null. A forged line can only add a node that is judged, never hide one.
 */
export function readTree(lines: string): TreeNode[] | null {
  const nodes: TreeNode[] = []
  const above: string[] = []
  for (const line of lines.split('\n').filter(Boolean)) {
    const match = LINE.exec(line)
    if (!match) return null
    const [, spaces, kind, name = '', alias = ''] = match
    const depth = spaces!.length
    if (kind !== 'Literal' && name.includes('(alias ')) return null
    nodes.push({ depth, kind: kind!, name, alias, parent: above[depth - 1] ?? '' })
    above.length = depth
    above.push(kind!)
  }
  return nodes
}
