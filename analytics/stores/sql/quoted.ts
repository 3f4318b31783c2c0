/** A text as a literal of ClickHouse, where no parameter can stand. */
export const quotedText = (text: string): string => `'${text.replace(/[\\']/g, (mark) => `\\${mark}`)}'`

/** A name, of a user or a table, likewise. */
export const quotedName = (name: string): string => `\`${name.replace(/[\\`]/g, (mark) => `\\${mark}`)}\``
