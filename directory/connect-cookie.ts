const NAME = 'hexroute_connect'

/** Binds the way to GHL and back to one browser. Lax: the way back is a link from another site. Empty and 0 delete it. */
export function setCookie(state: string, lifeS: number, secure: boolean): string {
  const parts = [`${NAME}=${state}`, 'Path=/v1/oauth', `Max-Age=${lifeS}`, 'HttpOnly', 'SameSite=Lax']
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ')
}

export function cookieOf(header: string | undefined): string | null {
  const pair = (header ?? '').split(/;\s*/).find((text) => text.startsWith(`${NAME}=`))
  return pair?.slice(NAME.length + 1) || null
}
