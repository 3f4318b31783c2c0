import { randomBytes } from 'node:crypto'

/** Codes given to browsers: each is good for one exchange, by the redirect URI that it was given for. */
export type Codes = { give: (redirectUri: string) => string; take: (code: string, redirectUri: string) => boolean }

export function createCodes(): Codes {
  const given = new Map<string, string>()
  return {
    give: (redirectUri) => {
      const code = randomBytes(20).toString('hex')
      given.set(code, redirectUri)
      return code
    },
    take: (code, redirectUri) => {
      const isGood = given.get(code) === redirectUri
      given.delete(code)
      return isGood
    },
  }
}
