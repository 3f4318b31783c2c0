import { type Channel, createChannel, type Listener } from './channel.ts'
import type { Cursor } from './cursor.ts'
import type { LiveSources, Topic } from './topic.ts'

export type LiveHub = {
  listen: (topic: Topic, after: Cursor | null, listener: Listener) => () => void
  count: () => number
  close: () => Promise<void>
}

/** One channel per distinct topic, made by its first listener and ended with its last: figures are read once for all. */
export function createLiveHub(sources: LiveSources): LiveHub {
  const channels = new Map<string, Channel>()
  return {
    listen: (topic, after, listener) => {
      const key = JSON.stringify([topic.scope, topic.window, topic.by])
      const channel = channels.get(key) ?? createChannel(topic, sources)
      channels.set(key, channel)
      channel.join(listener, after)
      return () => {
        channel.leave(listener)
        if (channel.size() > 0 || channels.get(key) !== channel) return
        void channel.close()
        channels.delete(key)
      }
    },
    count: () => [...channels.values()].reduce((sum, channel) => sum + channel.size(), 0),
    close: async () => {
      await Promise.all([...channels.values()].map((channel) => channel.close()))
      channels.clear()
    },
  }
}
