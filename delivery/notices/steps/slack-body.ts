import type { Message } from './message.ts'
import type { Told } from './tell-notice.ts'

type Block =
  | { type: 'section'; text: { type: 'plain_text'; text: string; emoji: false } }
  | { type: 'context'; elements: { type: 'mrkdwn'; text: string }[] }

export type SlackBody = { text: string; blocks: Block[] }

/** Slack takes 50 blocks of 3,000 characters and 40,000 characters of text. */
const ITEMS_MAX = 24
const BLOCK_CHARS_MAX = 3_000
const TEXT_CHARS_MAX = 30_000

/**
 * `text` for what knows no blocks, such as Mattermost; `blocks` for Slack. What people typed stands in plain-text blocks, and
 * in `text` escaped: it pings nobody and is no link.
 */
export function slackBody({ title, items }: Message): SlackBody {
  const rest = items.length - ITEMS_MAX
  const texts = items.length === 1 ? items.map(asText) : [escapeSlack(title), ...items.map(asText)]
  return {
    text: texts.join('\n\n').slice(0, TEXT_CHARS_MAX),
    blocks: [
      ...(items.length === 1 ? [] : [section(title)]),
      ...items.slice(0, ITEMS_MAX).flatMap(blocksOf),
      ...(rest > 0 ? [section(`and ${rest} more`)] : []),
    ],
  }
}

function blocksOf({ headline, lines, link }: Told): Block[] {
  const text = [headline, ...lines.map(({ label, text }) => `${label}: ${text}`)].join('\n')
  return link
    ? [section(text), { type: 'context', elements: [{ type: 'mrkdwn', text: `<${link}|Open in GoHighLevel>` }] }]
    : [section(text)]
}

const section = (text: string): Block => ({
  type: 'section',
  text: { type: 'plain_text', text: text.slice(0, BLOCK_CHARS_MAX), emoji: false },
})

const asText = ({ headline, lines, link }: Told): string =>
  [headline, ...lines.map(({ label, text }) => `${label}: ${text}`)]
    .map(escapeSlack)
    .concat(link ?? [])
    .join('\n')

/** A zero-width space ends mentions, links and code of Slack and of Markdown before they begin. */
const escapeSlack = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/(^|[^\p{L}\p{N}])@/gu, '$1@\u200b')
    .replace(/[*_~`[\]#]/g, '\u200b$&\u200b')
