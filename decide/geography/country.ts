/** Names that forms send besides the ISO codes and the names in the languages below. */
const ALIASES: Readonly<Record<string, string>> = {
  ...{ usa: 'US', 'u s a': 'US', 'u s': 'US', 'united states of america': 'US', america: 'US' },
  ...{ can: 'CA', mex: 'MX', gbr: 'GB', uk: 'GB', 'great britain': 'GB', england: 'GB', scotland: 'GB', wales: 'GB' },
  ...{ deu: 'DE', fra: 'FR', esp: 'ES', ita: 'IT', aus: 'AU', nzl: 'NZ', irl: 'IE', nld: 'NL', holland: 'NL' },
}
/** Names are known in these languages: those of North America and of its nearest customers abroad. */
const LANGUAGES = ['en', 'es', 'fr', 'de']
const LENGTH_MAX = 64
/** US territories and freely associated states with ISO codes of their own: their codes are US ZIPs and their mail is US mail. */
const US_TERRITORIES = new Set(['PR', 'VI', 'GU', 'AS', 'MP', 'UM', 'PW', 'FM', 'MH'])

let codesByName: ReadonlyMap<string, string> | undefined

/** ISO 3166-1 alpha-2 of a country as a form writes it; null when it is none. */
export function readCountry(text: string | null): string | null {
  if (text === null || text.length > LENGTH_MAX) return null
  codesByName ??= nameTable()
  const code = codesByName.get(foldName(text)) ?? null
  return code !== null && US_TERRITORIES.has(code) ? 'US' : code
}

/** Names without case, accents and punctuation. */
export const foldName = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** From the names that Node's own ICU tables know: 250 countries, 30 ms, once. */
function nameTable(): Map<string, string> {
  const names = new Map(Object.entries(ALIASES))
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const codes = letters.flatMap((first) => letters.map((second) => first + second))
  for (const language of LANGUAGES) {
    const displayNames = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' })
    for (const code of codes) {
      // Older codes have the name of what became of them: UK is GB.
      const canonical = new Intl.Locale(`und-${code}`).region ?? code
      const name = displayNames.of(code)
      if (name === undefined || canonical !== code || RESERVED.has(code)) continue
      names.set(code.toLowerCase(), code)
      if (!names.has(foldName(name))) names.set(foldName(name), code)
    }
  }
  return names
}

/** Codes with a name that are no countries: unknown region, European Union, United Nations, pseudo-locales. */
const RESERVED = new Set(['ZZ', 'EU', 'EZ', 'UN', 'QO', 'XA', 'XB'])
