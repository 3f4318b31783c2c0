/** npm passes Ctrl-C on to a program that the terminal has told already: the same request, heard twice. */
const ECHO_MS = 1_500
const PARENT_CHECK_MS = 1_000

/**
 * Resolves with the reason when this program is asked to stop: by a signal, or because the npm that ran it is gone,
 * since then nobody could stop it any more. A signal after that is impatience.
 */
export function stopRequest(impatient: () => void): Promise<string> {
  return new Promise((resolve) => {
    let askedAt = 0
    const hear = (reason: string) => {
      if (askedAt > 0 && Date.now() - askedAt > ECHO_MS) impatient()
      askedAt ||= Date.now()
      resolve(reason)
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => hear(signal))
    if (process.env.npm_lifecycle_event) watchParent(() => hear('npm has ended'))
  })
}

function watchParent(gone: () => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    gone()
  }, PARENT_CHECK_MS).unref()
}
