import { classifyFault } from '../../ghl/steps/classify-fault.ts'

/**
 * GHL will not do this one thing, and says nothing about the lead or the whole sub-account: a missing scope, a deleted
 * user or field. What is worth less than the lead is left out then.
 */
export function isRefusal(error: unknown): boolean {
  const verdict = classifyFault(error)
  switch (verdict.kind) {
    case 'dead-letter':
    case 'adopt':
      return true
    case 'park':
      return verdict.code === 'LOCATION_FORBIDDEN'
    case 'reauthorise':
      return /scope/i.test((error as Error).message)
    case 'retry':
      return false
  }
}
