import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createOpenStreams } from './open-streams.ts'

test('a reader that does not read is cut off, and those beside it are not', async () => {
  let dropped = 0
  const streams = createOpenStreams(() => {
    dropped += 1
  })
  const open: ServerResponse[] = []
  const server = createServer((_request, response) => {
    open.push(response)
    streams.add(
      response,
      async () => true,
      () => {},
    )
    streams.send(response, Buffer.from('hello'))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ask = async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(socket, 'data')
    return socket
  }
  const [asleep, awake] = [await ask(), await ask()]
  asleep.pause()
  const closed = once(open[0]!, 'close')
  // Systems keep some MB for a sleeping reader before the process has to.
  const events = Buffer.alloc(64 * 1024, 'x')
  while (!open[0]!.destroyed) {
    for (const response of open) streams.send(response, events)
    await once(awake, 'data')
  }
  await closed
  expect([dropped, open[1]!.destroyed]).toEqual([1, false])
  for (const socket of [asleep, awake]) socket.destroy()
})
