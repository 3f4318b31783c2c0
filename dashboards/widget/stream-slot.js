// @ts-check
/** Of the six connections that a browser opens to one server over HTTP/1.1, two stay free for requests. */
const slots = 4
/** Of this page, where the browser has no locks: without TLS, but on this machine. */
let open = 0

/**
 * Leave to hold an event stream open, counted over all tabs of this site.
 * @param {() => void} begin called once, as soon as one of the few is free
 * @returns {() => void} gives it back, or waits no longer
 */
export const whenFree = (begin) => {
  if (!navigator.locks) {
    if (open === slots) return () => {}
    let mine = 1
    open += mine
    begin()
    return () => {
      open -= mine
      mine = 0
    }
  }
  const over = new AbortController()
  let giveBack = () => over.abort()
  for (let n = 0; n < slots; n += 1) {
    const hold = () => {
      // Two may come free at once.
      if (over.signal.aborted) return
      over.abort()
      return new Promise((done) => {
        giveBack = () => done(undefined)
        begin()
      })
    }
    navigator.locks.request(`hexroute-stream-${n}`, { signal: over.signal }, hold).catch(() => {})
  }
  return () => giveBack()
}
