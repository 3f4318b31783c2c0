import { setTimeout as pause } from 'node:timers/promises'
import { Kvm, type KvWatchEntry } from '@nats-io/kv'
import { Value } from 'typebox/value'
import { KnownLocation, KnownSource, knownBucket } from '../../contracts/known.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { Nats } from '../../kernel/nats.ts'
import type { NatsLink } from './nats-link.ts'

export type KnownOrganisation = {
  location: (locationId: string) => KnownLocation | undefined
  source: (sourceId: string) => KnownSource | undefined
  hasTenant: (tenant: string) => boolean
  /** False until the bucket was read once. */
  ready: () => boolean
  stop: () => Promise<void>
}

type Maps = { locations: Map<string, KnownLocation>; sources: Map<string, KnownSource>; tenants: Set<string> }
type Watch = { stop: () => void; ended: Promise<void> }

const RETRY_DELAY_MS = 250

/**
 * The bucket `known` in memory. Every reconnect reads it anew into fresh maps, which replace the old ones only when
 * complete: nobody is unknown for a moment, and what was deleted or restored meanwhile is seen.
 */
export function watchKnownOrganisation(nats: Nats, link: NatsLink, log: Logger): KnownOrganisation {
  let current: Maps | undefined
  let watch: Watch | undefined
  let stopping = false
  link.onReconnect(() => watch?.stop())
  const loop = (async () => {
    while (!stopping) {
      try {
        watch = await openWatch(nats, log, (maps) => {
          current = maps
        })
        if (stopping) watch.stop()
        await watch.ended
      } catch (error) {
        if (!stopping) log.warn({ error: (error as Error).message }, 'known organisation not readable')
      }
      if (!stopping) await pause(RETRY_DELAY_MS)
    }
  })()
  return {
    location: (locationId) => current?.locations.get(locationId),
    source: (sourceId) => current?.sources.get(sourceId),
    hasTenant: (tenant) => current?.tenants.has(tenant) === true,
    ready: () => current !== undefined,
    stop: async () => {
      stopping = true
      watch?.stop()
      await loop
    },
  }
}

async function openWatch(nats: Nats, log: Logger, onComplete: (maps: Maps) => void): Promise<Watch> {
  const bucket = await new Kvm(nats.jetstream).create(knownBucket)
  const maps: Maps = { locations: new Map(), sources: new Map(), tenants: new Set() }
  // An empty bucket sends nothing, so nothing would tell that it was read.
  const isEmpty = (await bucket.status()).values === 0
  const entries = await bucket.watch()
  if (isEmpty) onComplete(maps)
  const ended = (async () => {
    for await (const entry of entries) {
      apply(maps, entry, log)
      // The library sets this on the last of the stored values, and on every later change.
      if (entry.isUpdate) onComplete(maps)
    }
  })()
  return { stop: () => entries.stop(), ended }
}

function apply(maps: Maps, entry: KvWatchEntry, log: Logger): void {
  const [kind, key = ''] = splitOnce(entry.key)
  if (entry.operation !== 'PUT') {
    if (kind === 'location') maps.locations.delete(key)
    if (kind === 'source') maps.sources.delete(key)
    return
  }
  const value = readJson(entry)
  if (kind === 'location' && Value.Check(KnownLocation, value)) {
    maps.locations.set(key, value)
    maps.tenants.add(value.tenant)
  } else if (kind === 'source' && Value.Check(KnownSource, value)) {
    maps.sources.set(key, value)
    maps.tenants.add(value.tenant)
  } else log.warn({ key: entry.key }, 'known entry not understood')
}

const splitOnce = (key: string): [string, string?] => {
  const dot = key.indexOf('.')
  return dot < 0 ? [key] : [key.slice(0, dot), key.slice(dot + 1)]
}

function readJson(entry: KvWatchEntry): unknown {
  try {
    return entry.json()
  } catch {
    return undefined
  }
}
