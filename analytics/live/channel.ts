import { placesIn } from '../steps/places-in.ts'
import { isWhole } from '../steps/scope.ts'
import { type LeadCount, type Place, toConversion } from '../steps/to-conversion.ts'
import { type FeedItem, formatCursor } from './cursor.ts'
import type { Topic } from './topic.ts'

/** Takes server-sent events, already formatted. The bytes are shared by all listeners of a topic. */
export type Listener = (events: Buffer) => void
/** What the figures of a tenant's window are made of; another object only when something in it is another. */
export type Basis = { places: Place[]; counts: LeadCount[] }
export type Channel = ReturnType<typeof createChannel>

/** Decisions that a topic is told of at once: nobody reads more in a second, and 2,000 readers get each byte. */
const DECISIONS_MAX = 100

/** All listeners of one topic. What they are sent is made once for all of them. */
export function createChannel(topic: Topic) {
  const listeners = new Set<Listener>()
  let basis: Basis | undefined
  let visible: Set<string> = new Set()
  let figures = ''
  let figuresEvent = ''

  /** @returns whether the figures are others than those last sent */
  function take(next: Basis, now: string): boolean {
    if (next === basis) return false
    basis = next
    const places = placesIn(topic.scope, next.places)
    visible = new Set(places.map(({ id }) => id))
    const counts = isWhole(topic.scope) ? next.counts : next.counts.filter(({ locationId }) => visible.has(locationId))
    const { asOf, ...rest } = toConversion({ places, counts, by: topic.by, window: topic.window, asOf: now })
    const text = JSON.stringify(rest)
    if (text === figures) return false
    figures = text
    figuresEvent = `event: conversion\ndata: {"asOf":"${asOf}",${text.slice(1)}\n\n`
    return true
  }

  const maySee = ({ decision }: FeedItem): boolean =>
    isWhole(topic.scope) || (decision.locationId !== null && visible.has(decision.locationId))

  return {
    topic,
    listeners,
    maySee,
    hasFigures: () => figures !== '',
    /** The locations that the topic is limited to; null when it is to none. */
    locationIds: (): string[] | null => (isWhole(topic.scope) ? null : [...visible]),
    welcome: (items: FeedItem[]): Buffer => Buffer.from([figuresEvent, ...items.map(decisionEvent)].join('')),
    /** To all: the figures when they are others, and the decisions that the topic may see. */
    tell: (next: Basis | undefined, news: FeedItem[], now: string): void => {
      const isNew = next !== undefined && take(next, now)
      const items = topic.decisions ? news.filter(maySee).slice(-DECISIONS_MAX) : []
      if (!isNew && items.length === 0) return
      const events = Buffer.from([isNew ? figuresEvent : '', ...items.map(decisionEvent)].join(''))
      for (const listener of listeners) listener(events)
    },
  }
}

const decisionEvent = ({ cursor, decision }: FeedItem): string =>
  `id: ${formatCursor(cursor)}\nevent: decision\ndata: ${JSON.stringify(decision)}\n\n`
