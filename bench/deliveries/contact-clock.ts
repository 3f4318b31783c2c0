import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ContactTimes = {
  url: string
  /** Lead -> when GHL had its contact, epoch ms. */
  at: Map<string, number>
  close: () => Promise<void>
}

/** Takes the simulator's webhooks: each new contact's names its lead in `source` and its instant in `dateAdded`. */
export async function startContactClock(): Promise<ContactTimes> {
  const at = new Map<string, number>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.end('{}')
      const hook = JSON.parse(Buffer.concat(chunks).toString()) as { type: string; source?: string; dateAdded?: string }
      const leadId = hook.source?.split(':')[1]
      if (hook.type === 'ContactCreate' && leadId && hook.dateAdded) at.set(leadId, Date.parse(hook.dateAdded))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    at,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
