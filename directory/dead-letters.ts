import { givenUpDelivery } from './steps/given-up-delivery.ts'
import { type Letter, readLetter } from './steps/read-letter.ts'
import type { DeadLetterStream } from './stores/dead-letter-stream.ts'
import type { Redriven, RedriveStore } from './stores/redrive-store.ts'

export type ListedLetter = Letter & { state: 'open' | 'redriven'; redriven: Redriven | null }
export type LetterFilter = {
  tenant: string | null
  stage: string | null
  code: string | null
  state: 'open' | 'redriven' | 'all'
}
export type RedriveResult = 'redriven' | 'redriven-before' | 'not-redrivable' | 'not-found'

export type DeadLetters = ReturnType<typeof createDeadLetters>

const PAGE = 200
/** Of letters that a filter passes over: a page may be short, and then says where to go on. */
const LOOKED_AT_MAX = 5_000

/** What the stages gave up, over the stream itself and over what is known of having sent it again. */
export function createDeadLetters(stream: DeadLetterStream, store: RedriveStore) {
  const listed = async (created: string, letters: readonly Letter[]): Promise<ListedLetter[]> => {
    const redriven = await store.of(
      created,
      letters.map(({ seq }) => seq),
    )
    return letters.map((letter) => {
      const known = redriven.get(letter.seq) ?? null
      return { ...letter, state: known?.publishedAt ? ('redriven' as const) : ('open' as const), redriven: known }
    })
  }

  /** Oldest first. `next` is the cursor of what follows, null at the end. */
  const list = async (
    filter: LetterFilter,
    afterSeq: number,
    limit: number,
  ): Promise<{ items: ListedLetter[]; next: string | null }> => {
    const created = await stream.created()
    const items: ListedLetter[] = []
    let last = afterSeq
    for (let looked = 0; looked < LOOKED_AT_MAX; ) {
      const stored = await stream.after(last, filter, PAGE)
      const page = await listed(
        created,
        stored.map((one) => readLetter(one).letter),
      )
      for (const letter of page) {
        last = letter.seq
        if (!matches(letter, filter)) continue
        items.push(letter)
        if (items.length === limit) return { items, next: String(last) }
      }
      looked += stored.length
      if (stored.length < PAGE) return { items, next: null }
    }
    return { items, next: String(last) }
  }

  const show = async (seq: number): Promise<{ letter: ListedLetter; payload: Buffer | null } | null> => {
    const stored = await stream.get(seq)
    if (!stored) return null
    const { letter, payload } = readLetter(stored)
    const [shown] = await listed(await stream.created(), [letter])
    return { letter: shown!, payload }
  }

  /**
   * Sends the message to its stage again, under an id of the letter and of how many times: noted first, so that a crash in
   * between leaves it open and the next redrive sends the same id.
   */
  const redrive = async (seq: number, keyId: string | null, isForced: boolean): Promise<RedriveResult> => {
    const stored = await stream.get(seq)
    if (!stored) return 'not-found'
    const { letter, payload } = readLetter(stored)
    if (letter.subject === null || payload === null) return 'not-redrivable'
    const streamCreated = await stream.created()
    const delivery = givenUpDelivery(letter, payload)
    const times = await store.begin({ streamCreated, seq, tenant: letter.tenant, keyId, isForced, delivery })
    if (times === null) return 'redriven-before'
    await stream.redrive(letter.subject, payload, `redrive:${streamCreated}:${seq}:${times}`)
    await store.published(streamCreated, seq)
    return 'redriven'
  }

  return { list, show, redrive }
}

const matches = (letter: ListedLetter, { code, state }: LetterFilter): boolean =>
  (code === null || letter.code === code) && (state === 'all' || letter.state === state)
