/** A text as a literal of ClickHouse, where no parameter can stand. */
export const quoteString = (text: string): string => `'${text.replace(/[\\']/g, (mark) => `\\${mark}`)}'`

/** A name, of a user or a table, likewise. */
export const quoteIdentifier = (name: string): string => `\`${name.replace(/[\\`]/g, (mark) => `\\${mark}`)}\``
