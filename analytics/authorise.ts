import type { Access } from '../contracts/access.ts'
import { Refusal } from './problems.ts'
import { type Scope, toScope } from './steps/scope.ts'
import type { AccessKeys } from './stores/access-keys.ts'

export type Credentials = { authorization: string | undefined; token: string | undefined }

/** Who asks. A key in a URL ends in logs and browser histories, so only the public role may stand there. */
export async function authorise(keys: AccessKeys, { authorization, token }: Credentials): Promise<Access> {
  const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  const key = bearer ?? token
  const access = key ? await keys.find(key) : null
  if (!access) throw new Refusal('UNAUTHENTICATED')
  if (!bearer && access.role !== 'widget') throw new Refusal('TOKEN_IN_URL')
  return access
}

/** What he may look at. @throws Refusal when he asks for another tenant. */
export function scopeOf(access: Access, tenant: string | undefined): Scope {
  const scope = toScope(access, tenant)
  if (!scope) throw new Refusal('FORBIDDEN')
  return scope
}
