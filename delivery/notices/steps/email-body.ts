import type { Message } from './message.ts'
import type { Told } from './tell-notice.ts'

export type EmailBody = { subject: string; text: string; html: string }

const FOOT = 'Sent by hexroute, as set in your notice channels.'

/** Plain text and simple HTML, both from cleaned lines; in HTML nothing from outside is markup. */
export function emailBody({ title, items }: Message): EmailBody {
  return {
    subject: title.slice(0, 200),
    text: [...items.map(asText), FOOT].join('\n\n'),
    html: `<!doctype html><html><body style="font-family:sans-serif">${items.map(asHtml).join('<hr>')}<p><small>${FOOT}</small></p></body></html>`,
  }
}

function asText({ headline, lines, link }: Told): string {
  const details = lines.map(({ label, text }) => `${label}: ${text}`)
  return [headline, ...details, ...(link ? [link] : [])].join('\n')
}

function asHtml({ headline, lines, link }: Told): string {
  const rows = lines.map(({ label, text }) => `<tr><th align="left">${label}</th><td>${escapeHtml(text)}</td></tr>`)
  const anchor = link ? `<p><a href="${escapeHtml(link)}">Open in GoHighLevel</a></p>` : ''
  return `<p><strong>${escapeHtml(headline)}</strong></p><table>${rows.join('')}</table>${anchor}`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
