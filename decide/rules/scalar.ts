export type Scalar = string | number | boolean

/** Values of a comparison, folded once when the rule is compiled. */
export type Wanted = {
  /** Folded; booleans as `true` and `false`. */
  texts: ReadonlySet<string>
  /** Numbers as such: they equal texts that say the same number. */
  numbers: ReadonlySet<number>
  /** What the texts say as numbers: they equal numbers only. */
  numericTexts: ReadonlySet<number>
}

export function toWanted(values: readonly Scalar[]): Wanted {
  const texts = values.filter((value) => typeof value !== 'number').map(fold)
  const numbers = values.filter((value) => typeof value === 'number')
  return {
    texts: new Set(texts),
    numbers: new Set(numbers),
    numericTexts: new Set(texts.map(numberOf).filter((number) => number !== null)),
  }
}

export function equalsAny(value: Scalar, wanted: Wanted): boolean {
  if (typeof value === 'number') return wanted.numbers.has(value) || wanted.numericTexts.has(value)
  const text = fold(value)
  if (wanted.texts.has(text)) return true
  if (wanted.numbers.size === 0) return false
  const number = numberOf(text)
  return number !== null && wanted.numbers.has(number)
}

/** Negative: a before b; NaN when the two have no order, a number and a word. */
export function order(a: Scalar, b: Scalar): number {
  if (typeof a === 'number' || typeof b === 'number') return (toNumber(a) ?? Number.NaN) - (toNumber(b) ?? Number.NaN)
  const [first, second] = [fold(a), fold(b)]
  const [x, y] = [numberOf(first), numberOf(second)]
  if (x !== null && y !== null) return x - y
  return first < second ? -1 : first > second ? 1 : 0
}

let lastText = ''
let lastFolded = ''

/** Rules ask the same field of a lead one after the other: the last answer is kept. */
export function fold(value: Scalar): string {
  if (typeof value !== 'string') return String(value)
  if (value !== lastText) {
    lastFolded = value.trim().toLowerCase()
    lastText = value
  }
  return lastFolded
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/

/** The number that a folded text says; null when it says none. */
export const numberOf = (text: string): number | null => (NUMBER.test(text) ? Number(text) : null)

const toNumber = (value: Scalar): number | null => (typeof value === 'number' ? value : numberOf(fold(value)))
