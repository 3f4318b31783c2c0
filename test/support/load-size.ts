/** `npm run chaos` takes the sizes at which README's figures were measured; `npm test` those that tell the same in minutes. */
const isLong = process.env.CHAOS === 'long'

/** How many of something a test sends, how long it waits for them, or which faults it makes. */
export const loadSize = <T>(usual: T, long: T): T => (isLong ? long : usual)
