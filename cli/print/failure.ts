import type { Failure } from '../failure.ts'
import { printFindings } from './findings.ts'
import type { Paint } from './paint.ts'

export function printFailure({ code, message, findings }: Failure, isJson: boolean, paint: Paint): string {
  if (isJson) return `${JSON.stringify({ code, detail: message, findings })}\n`
  if (findings.length > 0) return `${printFindings(findings, paint)}\n`
  return `${paint('red', 'hexroute:')} ${message} ${paint('dim', `(${code})`)}\n`
}
