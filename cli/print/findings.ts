import type { Finding } from '../failure.ts'
import type { Paint } from './paint.ts'

/** Each finding in three lines: where, what, and what mends it. */
export function printFindings(findings: readonly Finding[], paint: Paint): string {
  if (findings.length === 0) return paint('green', 'Nothing to complain about.')
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const warnings = findings.length - errors
  const sorted = [...findings].sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'))
  const blocks = sorted.map(({ severity, code, path, message, fix }) => {
    const mark = severity === 'error' ? paint('red', 'error  ') : paint('yellow', 'warning')
    return `${mark}  ${paint('bold', path || '/')}  ${paint('dim', code)}\n         ${message}\n         ${paint('cyan', `fix: ${fix}`)}`
  })
  return `${blocks.join('\n')}\n\n${count(errors, 'error')}, ${count(warnings, 'warning')}`
}

const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`
