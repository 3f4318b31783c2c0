import { type CompiledRuleset, compileRuleset } from './compile-ruleset.ts'

/** Of a tenant that has published none: its leads go to HQ, with the reason NO_COVERAGE. */
export function emptyRuleset(tenant: string): CompiledRuleset {
  return compileRuleset({
    hash: 'none',
    document: {
      version: 1,
      tenant,
      strategy: { exclusive: 'nearest', shared: 'balanced', nearest: 'nearest' },
      nearestMaxM: 0,
      territories: [],
      caps: [],
    },
    locations: [],
    users: [],
  })
}
