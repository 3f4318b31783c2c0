import { Compile } from 'typebox/compile'
import { DeadLetter } from '../../contracts/dead-letter.ts'

export type StoredLetter = { seq: number; subject: string; storedAt: string; bytes: Uint8Array }
/** A dead letter as it is shown, without its payload. */
export type Letter = {
  seq: number
  tenant: string
  stage: string
  code: string
  detail: string
  /** Of the message that was given up; null when the letter itself cannot be read. */
  subject: string | null
  failedAt: string
}

const isLetter = Compile(DeadLetter)
/** Streams that a stage reads from: a redrive goes nowhere else, whatever a letter says. */
const REDRIVABLE = /^(events|decisions|deliveries|facts)(\.[A-Za-z0-9_-]+){3}$/

/** The letter and the message in it; a letter of another form is shown as such, and cannot be sent again. */
export function readLetter({ seq, subject, storedAt, bytes }: StoredLetter): {
  letter: Letter
  payload: Buffer | null
} {
  const [, stage = '', tenant = ''] = subject.split('.')
  const value = parse(bytes)
  if (!isLetter.Check(value)) {
    const detail = 'The dead letter is of another form than this version writes.'
    return {
      letter: { seq, tenant, stage, code: 'UNKNOWN_FORM', detail, subject: null, failedAt: storedAt },
      payload: null,
    }
  }
  const { code, detail, failedAt } = value
  const target = REDRIVABLE.test(value.subject) ? value.subject : null
  return {
    letter: { seq, tenant, stage, code, detail, subject: target, failedAt },
    payload: target === null ? null : Buffer.from(value.payloadBase64, 'base64'),
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return null
  }
}
