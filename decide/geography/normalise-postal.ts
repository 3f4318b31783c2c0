export type Postal =
  /** `plus4`: the last four digits of a ZIP+4. */
  | { kind: 'us'; code: string; plus4: string | null; repaired: boolean }
  | { kind: 'ca'; code: string; repaired: boolean }
  /** Military and other codes that are no place on the map. */
  | { kind: 'non-geographic'; code: string }
  /** Another country's code: not to be read as a US ZIP. */
  | { kind: 'foreign' }
  | { kind: 'absent' }
  | { kind: 'bad' }

export type PostalHints = {
  /** ISO 3166-1 alpha-2. */
  country: string | null
  /** Two letters. */
  state: string | null
  /** State of a US ZIP if the ZIP is known: needed before leading zeros may be put back. */
  stateOfZip: (zip: string) => string | null
}

const LENGTH_MAX = 20
const MILITARY_STATES = new Set(['AE', 'AA', 'AP'])
/** USPS: AE 090-098, AA 340, AP 962-966. */
const MILITARY_ZIP = /^(09[0-8]|340|96[2-6])/
/** Canada Post: no D F I O Q U anywhere, no W or Z at the start. */
const CANADIAN = /^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z](\d[ABCEGHJ-NPRSTV-Z]\d)?$/

/** Reads a postal code as people and spreadsheets write it. Never throws, whatever the text. */
export function normalisePostal(raw: string | null, hints: PostalHints): Postal {
  if (raw === null || raw.length > LENGTH_MAX) return { kind: raw === null ? 'absent' : 'bad' }
  const folded = raw.normalize('NFKC')
  const text = folded.trim().toUpperCase()
  if (text === '') return { kind: 'absent' }
  const canadian = hints.country === null || hints.country === 'CA' ? readCanadian(text, folded !== raw) : null
  if (canadian) return canadian
  if (hints.country === 'CA') return { kind: 'bad' }
  return hints.country === null || hints.country === 'US' ? readUs(text, folded !== raw, hints) : { kind: 'foreign' }
}

function readUs(text: string, folded: boolean, { country, state, stateOfZip }: PostalHints): Postal {
  const military = /^(\d{5})(?:[ -]?(?:AE|AA|AP))?$/.exec(text)
  if (military && (text.length > 5 || MILITARY_ZIP.test(text) || MILITARY_STATES.has(state ?? ''))) {
    return { kind: 'non-geographic', code: military[1]! }
  }
  const zip = /^(\d{5})(?:[- ]?(\d{4}))?$/.exec(text)
  if (zip) return { kind: 'us', code: zip[1]!, plus4: zip[2] ?? null, repaired: folded }
  const number = /^(\d{5})\.0$/.exec(text)
  if (number) return { kind: 'us', code: number[1]!, plus4: null, repaired: true }
  const short = /^(\d{3,4})(?:\.0)?$/.exec(text)
  const padded = short?.[1]?.padStart(5, '0')
  if (padded && country !== null && state !== null && stateOfZip(padded) === state) {
    return { kind: 'us', code: padded, plus4: null, repaired: true }
  }
  return { kind: 'bad' }
}

function readCanadian(text: string, folded: boolean): Postal | null {
  const compact = text.replace(/[\s-]/g, '')
  if (!/^[A-Z0-9]{3}([A-Z0-9]{3})?$/.test(compact) || /^\d+$/.test(compact)) return null
  const mended = [...compact].map((char, i) => (i % 2 === 0 ? asLetter(char) : asDigit(char))).join('')
  if (!CANADIAN.test(mended)) return null
  return { kind: 'ca', code: mended.slice(0, 3), repaired: folded || mended !== compact }
}

const asDigit = (char: string): string => ({ O: '0', I: '1' })[char] ?? char
const asLetter = (char: string): string => char
