import type { SendResult } from './notice.ts'

/** A fault of nodemailer; `responseCode` is the server's answer if there was one. */
export type SmtpFault = Error & { code?: string; responseCode?: number }

/**
 * What a fault says of the mail. An answer of the server is certain: 4xx may be better later, 5xx will not, except for a
 * login that the operator will mend. Without one the mail may have been taken, once its content was on the way.
 */
export function smtpOutcome({ code, responseCode, message }: SmtpFault, contentUnderWay: boolean): SendResult {
  const detail = message.slice(0, 300)
  if (responseCode !== undefined && responseCode >= 400) {
    const canRetry = responseCode < 500 || code === 'EAUTH'
    return { kind: 'not-sent', code: 'NOTICE_NOT_TAKEN', detail, canRetry }
  }
  if (contentUnderWay) return { kind: 'lost', code: 'NOTICE_NO_ANSWER', detail }
  return { kind: 'not-sent', code: 'NOTICE_NO_CONNECTION', detail, canRetry: code !== 'EENVELOPE' }
}
