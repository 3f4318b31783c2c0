import { stripVTControlCharacters } from 'node:util'

export type Column = { title: string; right?: boolean }

/** Aligned columns, two spaces apart; a column that is empty in every row is left out. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], indent = '  '): string {
  const used = columns.map((column, i) => ({ ...column, i })).filter(({ i }) => rows.some((row) => row[i] !== ''))
  const lines = [used.map(({ title }) => title), ...rows.map((row) => used.map(({ i }) => row[i] ?? ''))]
  const widths = used.map((_, i) => Math.max(...lines.map((cells) => widthOf(cells[i]!))))
  return lines
    .map(
      (cells) =>
        indent +
        cells
          .map((cell, i) => pad(cell, widths[i]!, used[i]!.right === true))
          .join('  ')
          .trimEnd(),
    )
    .join('\n')
}

/** Characters on the screen: colours take no room. */
const widthOf = (cell: string): number => [...stripVTControlCharacters(cell)].length

function pad(cell: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(cell)))
  return right ? space + cell : cell + space
}
