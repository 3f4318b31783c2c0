import { createHmac, timingSafeEqual } from 'node:crypto'

export type Claims = {
  authClass: 'Company' | 'Location'
  authClassId: string
  exp: number
  jti: string
  generation: number
}
export type Tokens = {
  issue: (claims: Omit<Claims, 'exp'>) => string
  /** Undefined when forged, expired or no token at all. */
  read: (token: string) => Claims | undefined
}

/** JSON Web Tokens signed with a key made of the client's secret: they outlive a restart without being stored. */
export function createTokens(secret: string, now: () => number, lifeS: () => number): Tokens {
  const header = encode({ alg: 'HS256', typ: 'JWT' })
  const sign = (text: string) => createHmac('sha256', `ghl-sim ${secret}`).update(text).digest('base64url')
  const known = new Map<string, Claims>()
  const verify = (token: string): Claims | undefined => {
    const [head, payload, signature] = token.split('.')
    if (head !== header || !payload || !signature) return undefined
    const expected = Buffer.from(sign(`${head}.${payload}`))
    const given = Buffer.from(signature)
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims
  }
  return {
    issue: (claims) => {
      const payload = `${header}.${encode({ ...claims, exp: Math.floor(now() / 1_000) + lifeS() })}`
      return `${payload}.${sign(payload)}`
    },
    read: (token) => {
      const claims = known.get(token) ?? verify(token)
      if (!claims || claims.exp * 1_000 <= now()) return undefined
      if (known.size > 20_000) known.clear()
      known.set(token, claims)
      return claims
    },
  }
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
