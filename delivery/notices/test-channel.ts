import type { DeliveryReply, DeliveryRequestOf } from '../../contracts/delivery-request.ts'
import { type Clock, iso } from '../../kernel/clock.ts'
import { refused } from '../connection/steps/refusal-of.ts'
import { type SendMessageDeps, sendMessage } from './send-message.ts'
import { messageOf } from './steps/message.ts'
import type { Channel } from './steps/notice.ts'
import type { Told } from './steps/tell-notice.ts'
import type { ChannelReader } from './stores/channel-reader.ts'

export type TestChannelDeps = SendMessageDeps & { channels: ChannelReader; newId: () => string; clock: Clock }

type Answer = (request: DeliveryRequestOf<'test-notice'>) => Promise<DeliveryReply>

/** Sends one harmless message by a channel, off or on, and tells whoever asked what came of it. */
export function createTestChannel(deps: TestChannelDeps): Answer {
  return async ({ tenant, channelId }) => {
    const channel = await deps.channels.find(tenant, channelId)
    if (!channel) return refused('NO_SUCH_CHANNEL', `There is no channel ${channelId}.`)
    if (channel.kind === 'assigned-user' || channel.kind === 'ghl-message') {
      return refused(
        'NOT_SENT',
        'This channel tells whoever has a lead: it is tested by the next lead that is assigned.',
      )
    }
    const result = await sendMessage(deps, channel, messageOf(deps.newId(), [sample(channel, deps)]), null)
    if (result.kind === 'sent') return { kind: 'sent', detail: `The ${channel.kind} channel took a test message.` }
    return refused('NOT_SENT', `The test message was not taken: ${result.detail}.`)
  }
}

function sample({ id, tenant, events }: Channel, { newId, clock }: TestChannelDeps): Told {
  const noticeId = newId()
  const at = iso(clock())
  const headline = 'This is a test: the notice channel works.'
  return {
    ...{ noticeId, at, headline, link: null, event: events[0] ?? 'lead.assigned' },
    lines: [{ label: 'Told of', text: events.join(', ') }],
    fields: { noticeId, tenant, channelId: id, test: true, message: headline },
  }
}
