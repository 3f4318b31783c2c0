import type { SendResult } from './notice.ts'

type Posted = { kind: 'answered'; status: number } | { kind: 'refused' | 'not-sent' | 'lost'; detail: string }

/** What an answer to a webhook says of the notice. A status that is no success was not taken: also a redirect, which is not followed. */
export function postOutcome(posted: Posted): SendResult {
  switch (posted.kind) {
    case 'answered': {
      const { status } = posted
      if (status >= 200 && status < 300) return { kind: 'sent' }
      const detail = `the target answered ${status}`
      if (status === 410) return { kind: 'gone', code: 'NOTICE_TARGET_GONE', detail }
      return { kind: 'not-sent', code: 'NOTICE_NOT_TAKEN', detail, canRetry: true }
    }
    case 'refused':
      return { kind: 'not-sent', code: 'NOTICE_TARGET_REFUSED', detail: posted.detail, canRetry: false }
    case 'not-sent':
      return { kind: 'not-sent', code: 'NOTICE_NO_CONNECTION', detail: posted.detail, canRetry: true }
    case 'lost':
      return { kind: 'lost', code: 'NOTICE_NO_ANSWER', detail: posted.detail }
  }
}
