/**
 * Puts values into the `{{slots}}` of a statement, all in one pass: a value that looks like a slot stays as it is. Values are
 * SQL: names and texts come quoted.
 * @throws when the statement has a slot without a value.
 */
export function fillTemplate(statement: string, values: Record<string, string>): string {
  return statement.replace(/\{\{(\w+)\}\}/g, (_slot, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`the template has no value for ${name}`)
    return value
  })
}
