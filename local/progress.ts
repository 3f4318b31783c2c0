import { Presets, SingleBar } from 'cli-progress'

export type Progress = { during<T>(step: string, work: Promise<T>): Promise<T>; end(): void }

/** A bar on a terminal, nothing elsewhere: logs and pipes get the plain lines only. */
export function createProgress(steps: number): Progress {
  if (!process.stderr.isTTY) return { during: (_step, work) => work, end: () => undefined }
  const format = 'starting {bar} {step}'
  const bar = new SingleBar({ format, clearOnComplete: true, hideCursor: true, barsize: 24 }, Presets.shades_classic)
  bar.start(steps, 0, { step: '' })
  return {
    async during(step, work) {
      bar.update({ step })
      try {
        const result = await work
        bar.increment()
        return result
      } catch (error) {
        bar.stop()
        throw error
      }
    },
    end: () => bar.stop(),
  }
}
