const HOUR_MS = 3_600_000
const UNITS_MS = { h: HOUR_MS, d: 24 * HOUR_MS } as const
const WINDOW_MS_MAX = 400 * UNITS_MS.d

/** `24h`, `7d`, … as the API takes it. */
export const windowPattern = '^[1-9]\\d{0,3}[hd]$'

/** `7d`: `the last 7 days`. */
export function windowWords(window: string): string {
  const count = Number.parseInt(window, 10)
  return `the last ${count} ${window.endsWith('h') ? 'hour' : 'day'}${count === 1 ? '' : 's'}`
}

/** Milliseconds of a window; null when it is longer than 400 days or no window. */
export function windowMs(window: string): number | null {
  const match = new RegExp(windowPattern).exec(window)
  if (!match) return null
  const ms = Number.parseInt(window, 10) * UNITS_MS[window.at(-1) as keyof typeof UNITS_MS]
  return ms <= WINDOW_MS_MAX ? ms : null
}
