import type { NatsConnection } from '@nats-io/transport-node'
import { expect, test } from 'vitest'
import { listenForRequests } from './listen-for-requests.ts'

type Callback = (error: Error | null, message: { string: () => string; respond: (body: string) => boolean }) => void

function rig(answer: (body: string) => Promise<unknown>) {
  const replies: string[] = []
  let ask: Callback = () => undefined
  let isOpen = true
  const subscribe = (_subject: string, { callback }: { callback: Callback }) => {
    ask = callback
    return {
      unsubscribe: () => {
        isOpen = false
      },
    }
  }
  const stop = listenForRequests({ subscribe } as unknown as NatsConnection, {
    ...{ subject: 'weather', queue: 'weather', answer },
    stopMsMax: 20,
  })
  const message = (body: string) => ({ string: () => body, respond: (reply: string) => replies.push(reply) > 0 })
  return { ask: (body: string) => ask(null, message(body)), stop, replies, isOpen: () => isOpen }
}
const sent = { detail: 'told' }

test('a stop lets a request under way end', async () => {
  let answer = (_reply: object): void => undefined
  const { ask, stop, replies, isOpen } = rig(
    () =>
      new Promise((resolve) => {
        answer = resolve
      }),
  )
  ask('one')
  const stopped = stop()
  expect(isOpen()).toBe(false)
  answer(sent)
  await stopped
  expect(replies).toEqual([JSON.stringify(sent)])
})

test('a request of minutes does not hold up the stop', async () => {
  const { ask, stop, replies } = rig(() => new Promise(() => undefined))
  ask('one')
  await stop()
  expect(replies).toEqual([])
})
