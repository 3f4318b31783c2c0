/**
 * What a person typed into a form, made fit to stand in a message: one line, without control, direction and zero-width
 * characters, at most so long, and without `://`, so that no mail program makes a stranger's text a link. Null when nothing is left.
 */
export function plainText(value: unknown, lengthMax = 200): string | null {
  if (typeof value !== 'string') return null
  const line = value
    .replace(/[\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll('://', ' ')
    .trim()
  const short = [...line].slice(0, lengthMax).join('')
  return short === '' ? null : short
}
