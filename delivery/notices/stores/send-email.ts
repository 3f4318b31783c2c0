import { createTransport } from 'nodemailer'
import type { EmailBody } from '../steps/email-body.ts'
import type { SendResult } from '../steps/notice.ts'
import { type SmtpFault, smtpOutcome } from '../steps/smtp-outcome.ts'

export type SendEmail = (to: string, messageId: string, body: EmailBody) => Promise<SendResult>

export type SendEmailOptions = { smtpUrl: string; from: string; timeoutMs: number }

/** Mails by SMTP, one connection a message. The address is an object: no text in it becomes a second recipient. */
export function createSendEmail({ smtpUrl, from, timeoutMs }: SendEmailOptions): SendEmail {
  const domain = from.replace(/^.*@|>.*$/g, '') || 'hexroute'
  return async (to, messageId, body) => {
    const progress = { contentUnderWay: false }
    const transport = createTransport({
      url: smtpUrl,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
      // The only way to learn how far a mail got: every fault of the connection is called CONN.
      transactionLog: true,
      logger: watchFor('DATA', () => {
        progress.contentUnderWay = true
      }),
    })
    try {
      await transport.sendMail({
        ...body,
        from,
        to: { name: '', address: to },
        messageId: `<${messageId}@${domain}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
      return { kind: 'sent' }
    } catch (error) {
      return smtpOutcome(error as SmtpFault, progress.contentUnderWay)
    } finally {
      transport.close()
    }
  }
}

/** A logger that writes nothing and calls when the client has sent this command. */
function watchFor(command: string, seen: () => void) {
  const ignore = (): void => undefined
  const debug = (entry: { tnx?: string }, message?: string): void => {
    if (entry.tnx === 'client' && message === command) seen()
  }
  return { debug, level: ignore, trace: ignore, info: ignore, warn: ignore, error: ignore, fatal: ignore }
}
