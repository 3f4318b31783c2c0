import { classifyFault } from '../steps/classify-fault.ts'

export type TokenSource = { current: () => Promise<string>; refuse: (token: string) => void }

/** Calls with the current token; when GHL does not take it, once more with a new one. */
export async function withToken<T>(tokens: TokenSource, call: (token: string) => Promise<T>): Promise<T> {
  const token = await tokens.current()
  try {
    return await call(token)
  } catch (error) {
    if (classifyFault(error).kind !== 'reauthorise') throw error
    tokens.refuse(token)
    return call(await tokens.current())
  }
}
