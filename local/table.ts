/** Two columns, the second one lined up; an empty name makes an empty line. */
export function table(rows: [string, string][]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2
  return rows.map(([name, value]) => `  ${name.padEnd(width)}${value}`.trimEnd()).join('\n')
}
