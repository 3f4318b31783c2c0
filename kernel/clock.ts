/** Milliseconds since the epoch. Passed in, so that tests and replays choose the time. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()

export const iso = (ms: number): string => new Date(ms).toISOString()
