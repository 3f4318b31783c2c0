import type { SendResult } from './notice.ts'

/** What becomes of the notices of a message. */
export type Settlement =
  | { state: 'sent' }
  | { state: 'due'; afterMs: number; error: string }
  | { state: 'failed' | 'unknown'; error: string }

const MINUTE_MS = 60_000
/** 1, 2, 4 ... 512 minutes between tries: the eleventh is made after 17 hours and is the last. */
const TRIES_MAX = 11

/** Webhooks carry an id by which the other side knows a repetition; an e-mail or a chat line would be read twice. */
export function settleSend(result: SendResult, tries: number, canRepeat: boolean): Settlement {
  switch (result.kind) {
    case 'sent':
      return { state: 'sent' }
    case 'gone':
      return { state: 'failed', error: textOf(result) }
    case 'lost':
      return canRepeat ? again(tries, textOf(result)) : { state: 'unknown', error: textOf(result) }
    case 'not-sent':
      return result.canRetry ? again(tries, textOf(result)) : { state: 'failed', error: textOf(result) }
  }
}

const again = (tries: number, error: string): Settlement =>
  tries >= TRIES_MAX
    ? { state: 'failed', error }
    : { state: 'due', afterMs: 2 ** Math.max(tries - 1, 0) * MINUTE_MS, error }

const textOf = ({ code, detail }: { code: string; detail: string }): string => `${code}: ${detail}`.slice(0, 500)
