/** English and own names of the languages that North American forms offer. */
const CODES: Readonly<Record<string, string>> = {
  english: 'en',
  spanish: 'es',
  español: 'es',
  espanol: 'es',
  french: 'fr',
  français: 'fr',
  francais: 'fr',
  german: 'de',
  deutsch: 'de',
  portuguese: 'pt',
  português: 'pt',
  chinese: 'zh',
  mandarin: 'zh',
  cantonese: 'zh',
  vietnamese: 'vi',
  korean: 'ko',
  tagalog: 'tl',
  russian: 'ru',
  arabic: 'ar',
  polish: 'pl',
  italian: 'it',
  japanese: 'ja',
  hindi: 'hi',
  ukrainian: 'uk',
}

/** ISO 639-1 of what a form says: `Spanish`, `es-MX` and `ES` are `es`. What is neither stays as it is, in lower case. */
export function languageCode(text: string): string {
  const folded = text.trim().toLowerCase()
  const tag = /^([a-z]{2})(?:[-_].*)?$/.exec(folded)
  return tag?.[1] ?? (Object.hasOwn(CODES, folded) ? CODES[folded]! : folded)
}
