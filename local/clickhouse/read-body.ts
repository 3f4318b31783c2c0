import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { ClickhouseException } from './exception.ts'

/** An insert lies in memory whole, once packed and once unpacked. */
const BODY_BYTES_MAX = 256 * 1024 ** 2

const unpackers: Record<string, (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}

/** The request's body, unpacked when `Content-Encoding` says so. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) throw tooLarge()
    chunks.push(chunk)
  }
  return unpack(Buffer.concat(chunks), request.headers['content-encoding'])
}

async function unpack(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (!encoding || encoding === 'identity' || body.length === 0) return body
  const unpacker = unpackers[encoding]
  if (!unpacker) throw new ClickhouseException(48, `Unknown Content-Encoding ${encoding}`, 'NOT_IMPLEMENTED')
  try {
    return await unpacker(body, { maxOutputLength: BODY_BYTES_MAX })
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge()
    throw new ClickhouseException(354, `The body is not valid ${encoding}`, 'ZLIB_INFLATE_FAILED')
  }
}

function tooLarge(): ClickhouseException {
  return new ClickhouseException(
    223,
    `The body is larger than ${BODY_BYTES_MAX} bytes: send it in parts`,
    'QUERY_IS_TOO_LARGE',
  )
}
