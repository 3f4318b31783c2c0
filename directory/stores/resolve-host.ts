import { lookup } from 'node:dns/promises'

/** All addresses of a host, as a connection would get them. @throws when it has none */
export const resolveHost = async (host: string): Promise<string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address)
