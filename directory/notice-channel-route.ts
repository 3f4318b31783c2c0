import { randomBytes } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { NoticeChannel } from '../contracts/notice.ts'
import { seal } from '../kernel/sealed.ts'
import { askDelivery } from './ask-delivery.ts'
import { mustOwn, partOf, tenantFor } from './authorise.ts'
import { mustReachScope, type ScopeDeps } from './channel-scope.ts'
import { type NoticeTargets, noticeChannelFault } from './notice-channel-fault.ts'
import { problems } from './problems.ts'
import { IdParams, MANAGERS, PageQuery, tenant } from './route-schemas.ts'
import type { ChannelStore, StoredChannel } from './stores/channel-store.ts'
import type { AskDelivery } from './stores/delivery-link.ts'

export type NoticeChannelDeps = ScopeDeps & {
  channels: ChannelStore
  noticeTargets: NoticeTargets
  askDelivery: AskDelivery
  secretKey: string
}

const tags = ['notices']
const querystring = Type.Object({ tenant })
const audited = (action: string) => ({ ...MANAGERS, audit: `notice-channel.${action}` })
const description = `Acts on what happens from then on. A new \`webhook\` channel is answered with \`secret\`, the key that signs it by the
Standard Webhooks specification: it is shown this once. To change it, delete the channel and put it again.`

/** Who is told, by what, and when. A key reaches the channels of its own part; readers do not: a target may be a secret. */
export const noticeChannelRoute: FastifyPluginAsyncTypebox<NoticeChannelDeps> = async (app, deps) => {
  const { channels, organisation } = deps
  const find = async (request: FastifyRequest, id: string, named: string | undefined): Promise<StoredChannel> => {
    const channel = await channels.find(await tenantFor(request, named, organisation.onlyTenant), id)
    if (!channel) throw new problems.notFound('channel')
    await mustReachScope(deps, request, channel)
    request.audited = { subject: id, detail: { tenant: channel.tenant } }
    return channel
  }

  app.put(
    '/v1/notice-channels/:id',
    {
      config: audited('put'),
      schema: { tags, summary: 'Make or replace a channel', description, params: IdParams, body: NoticeChannel },
    },
    async (request) => {
      const channel = request.body
      const { id, tenant, scope, scopeId, kind } = channel
      if (request.params.id !== id) throw new problems.badRequest('The id in the path and in the body differ.')
      mustOwn(request, tenant)
      const before = await channels.find(tenant, id)
      if (before) await mustReachScope(deps, request, before)
      if (!(await mustReachScope(deps, request, channel)))
        throw new problems.conflict(`There is no ${scope} ${scopeId}.`)
      const fault = await noticeChannelFault(channel, deps.noticeTargets)
      if (fault) throw new problems.badRequest(fault)
      const secret = `whsec_${randomBytes(32).toString('base64')}`
      const { tookSecret } = await channels.put(channel, seal(deps.secretKey, secret))
      request.audited = { subject: id, detail: { tenant, scope, scopeId, kind } }
      return { ...channel, fault: null, ...(tookSecret ? { secret } : {}) }
    },
  )
  app.get(
    '/v1/notice-channels/:id',
    { config: MANAGERS, schema: { tags, summary: 'A channel', params: IdParams, querystring } },
    (request) => find(request, request.params.id, request.query.tenant),
  )
  app.delete(
    '/v1/notice-channels/:id',
    {
      config: audited('delete'),
      schema: { tags, summary: 'Delete a channel, and what it had still to tell', params: IdParams, querystring },
    },
    async (request, reply) => {
      const { tenant, id } = await find(request, request.params.id, request.query.tenant)
      await channels.delete(tenant, id)
      return reply.code(204).send()
    },
  )
  app.post(
    '/v1/notice-channels/:id/test',
    {
      config: audited('test'),
      schema: {
        tags,
        summary: 'Send one harmless message by a channel, and say what came of it',
        params: IdParams,
        querystring,
      },
    },
    async (request) => {
      const { tenant, id } = await find(request, request.params.id, request.query.tenant)
      const { detail } = await askDelivery(deps.askDelivery, { kind: 'test-notice', tenant, channelId: id }, 'sent')
      return { detail }
    },
  )
  app.get(
    '/v1/notice-channels',
    { config: MANAGERS, schema: { tags, summary: 'Channels of the part that the key sees', querystring: PageQuery } },
    (request) => channels.list(partOf(request), request.query.cursor, Number(request.query.limit)),
  )
}
