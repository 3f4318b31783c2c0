import { styleText } from 'node:util'

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'
export type Paint = (colour: Colour, text: string) => string

/** Colours on a terminal only: a file, a pipe and a log get plain text. NO_COLOR is obeyed (no-color.org). */
export function createPaint(stream: { isTTY?: boolean }): Paint {
  if (!stream.isTTY || process.env.NO_COLOR) return (_colour, text) => text
  return (colour, text) => styleText(colour, text)
}
