export type Finding = { severity: 'error' | 'warning'; code: string; path: string; message: string; fix: string }

/** Ends a command with a sentence for the operator instead of a stack. */
export class Failure extends Error {
  readonly code: string
  readonly findings: Finding[]
  readonly isUsage: boolean

  constructor(code: string, message: string, { findings = [] as Finding[], isUsage = false } = {}) {
    super(message)
    this.code = code
    this.findings = findings
    this.isUsage = isUsage
  }
}
