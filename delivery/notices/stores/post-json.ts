import { lookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { Agent, buildConnector, request } from 'undici'
import { outgoingUrlFault } from '../../../kernel/outgoing-url.ts'
import { isPublicAddress } from '../../../kernel/public-address.ts'

/** `answered`: with any status. `not-sent`: nothing of the body left. `lost`: it left, and no answer came. */
export type PostResult =
  | { kind: 'answered'; status: number }
  | { kind: 'refused' | 'not-sent' | 'lost'; detail: string }

export type PostJson = (url: string, body: string, headers: Record<string, string>) => Promise<PostResult>

export type PostJsonOptions = {
  timeoutMs: number
  /** For a machine of one's own: http and private addresses too. */
  allowPrivate: boolean
  /** All addresses of a name. */
  resolve?: (host: string) => Promise<{ address: string; family: number }[]>
}

const ANSWER_BYTES_MAX = 64 * 1024

/**
 * Posts to where a customer said, and never into our own network: the URL is checked again, each name is resolved here and
 * every address must be public, and the address of the open connection is looked at before a byte is sent, so that a name
 * that changes its mind in between gains nothing. Redirects are answers, not followed; of the answer only the status counts.
 */
export function createPostJson(options: PostJsonOptions): PostJson {
  return async (url, body, headers) => {
    const fault = outgoingUrlFault(url, options.allowPrivate)
    if (fault) return { kind: 'refused', detail: fault }
    const progress: Progress = { isConnected: false, refusal: null }
    const agent = new Agent({ connect: guardedConnector(options, progress), maxResponseSize: ANSWER_BYTES_MAX })
    try {
      const answer = await request(url, {
        dispatcher: agent,
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'user-agent': 'hexroute', ...headers },
        signal: AbortSignal.timeout(options.timeoutMs),
      })
      return { kind: 'answered', status: answer.statusCode }
    } catch (error) {
      if (progress.refusal) return { kind: 'refused', detail: progress.refusal }
      const { code, message } = error as NodeJS.ErrnoException
      return { kind: progress.isConnected ? 'lost' : 'not-sent', detail: code ?? message }
    } finally {
      void agent.destroy()
    }
  }
}

type Progress = { isConnected: boolean; refusal: string | null }

function guardedConnector(options: PostJsonOptions, progress: Progress): buildConnector.connector {
  const { allowPrivate, timeoutMs } = options
  const connect = buildConnector({ timeout: timeoutMs, lookup: guardedLookup(options, progress) })
  return (target, callback) =>
    connect(target, (error, socket) => {
      if (error) return callback(error, null)
      if (!allowPrivate && !isPublicAddress(socket.remoteAddress ?? '')) {
        progress.refusal = 'its address is not public'
        socket.destroy()
        return callback(new Error(progress.refusal), null)
      }
      progress.isConnected = true
      callback(null, socket)
    })
}

function guardedLookup({ allowPrivate, resolve = resolveAll }: PostJsonOptions, progress: Progress): LookupFunction {
  return (host, { all }, callback) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses
        if (!first) return callback(new Error(`${host} has no address`), '')
        if (!allowPrivate && !addresses.every(({ address }) => isPublicAddress(address))) {
          progress.refusal = 'its name leads to an address that is not public'
          return callback(new Error(progress.refusal), '')
        }
        if (all) callback(null, addresses)
        else callback(null, first.address, first.family)
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    )
  }
}

const resolveAll = (host: string) => lookup(host, { all: true })
