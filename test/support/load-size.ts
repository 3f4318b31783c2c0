/** `npm run chaos` takes the sizes at which README's figures were measured; `npm test` those that tell the same in minutes. */
const isLong = process.env.CHAOS === 'long'

/** How many of something a test sends, or how long it waits for them. */
export const loadSize = (usual: number, long: number): number => (isLong ? long : usual)
