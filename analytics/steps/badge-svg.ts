/** A figure as one line of text on a small picture, for places where no script may run: mails, wikis, README files. */
export type Badge = { label: string; value: string; title: string }

const HEIGHT_PX = 20
const PADDING_PX = 7
const FONT_PX = 11
/** Widths of 11 px Verdana and its metric twins, in tenths of a pixel; what is not listed is as wide as a digit. */
const WIDTHS_TENTHS: Record<string, number> = {
  ...of(' .,:;', 40),
  ...of('ijl|', 32),
  ...of('ftr', 45),
  ...of('m', 107),
  ...of('wMWQ', 95),
  ...of('%', 118),
  ...of('acksvxyz', 64),
}
const DIGIT_TENTHS = 70

function of(characters: string, tenths: number): Record<string, number> {
  return Object.fromEntries([...characters].map((character) => [character, tenths]))
}

const widthPx = (text: string): number =>
  Math.ceil([...text].reduce((sum, character) => sum + (WIDTHS_TENTHS[character] ?? DIGIT_TENTHS), 0) / 10)

/** White on both halves has a contrast of 5 or more, on light pages and on dark ones. */
export function badgeSvg({ label, value, title }: Badge): string {
  const left = widthPx(label) + 2 * PADDING_PX
  const right = widthPx(value) + 2 * PADDING_PX
  const width = left + right
  const text = (words: string, fromPx: number, boxPx: number): string =>
    `<text x="${fromPx + boxPx / 2}" y="14" textLength="${boxPx - 2 * PADDING_PX}" lengthAdjust="spacingAndGlyphs">${escaped(words)}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT_PX}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<rect width="${width}" height="${HEIGHT_PX}" rx="4" fill="#0c7c74"/><path d="M${left} 0H4a4 4 0 0 0-4 4v12a4 4 0 0 0 4 4h${left - 4}z" fill="#414b55"/>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="${FONT_PX}">${text(label, 0, left)}${text(value, left, right)}</g>
</svg>
`
}

/** Text for an attribute or an element. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
