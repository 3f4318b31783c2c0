import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export type Mail = { to: string[]; raw: string; header: (name: string) => string; text: string }
export type MailReceiver = {
  url: string
  mails: Mail[]
  /** What becomes of the next mails: taken, refused with this SMTP code, or left without an answer. */
  answer: (next: 'take' | 'hang' | number) => void
  close: () => Promise<void>
}

/** An SMTP server on a socket of its own, which keeps what it gets, also what it does not answer. */
export async function startMailReceiver(): Promise<MailReceiver> {
  const mails: Mail[] = []
  let next: 'take' | 'hang' | number = 'take'
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address)
        if (typeof next === 'number') {
          return callback(Object.assign(new Error('not now'), { responseCode: next }))
        }
        mails.push(mailOf(to, Buffer.concat(chunks).toString()))
        if (next === 'take') callback()
      })
    },
  })
  server.on('error', () => undefined)
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  return {
    url: `smtp://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    mails,
    answer: (wanted) => {
      next = wanted
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

function mailOf(to: string[], raw: string): Mail {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const unfolded = head.replace(/\r\n[ \t]+/g, ' ')
  return {
    to,
    raw,
    header: (name) => new RegExp(`^${name}: (.*)$`, 'im').exec(unfolded)?.[1]?.trim() ?? '',
    text: rest
      .join('\r\n\r\n')
      .replace(/=\r\n/g, '')
      .replace(/((=[0-9A-F]{2})+)/g, fromQuotedPrintable),
  }
}

const fromQuotedPrintable = (text: string): string => Buffer.from(text.replaceAll('=', ''), 'hex').toString()
