// @ts-check

const keyName = 'hexroute access key'

/** A problem document of the directory, or that there was no answer. */
export class Problem extends Error {
  /** @param {number} status @param {string} code @param {string} detail */
  constructor(status, code, detail) {
    super(detail)
    this.status = status
    this.code = code
  }
}

/** Of this tab only, gone with it. */
export const session = {
  key: () => sessionStorage.getItem(keyName),
  /** @param {string} key */
  keep: (key) => sessionStorage.setItem(keyName, key),
  end: () => sessionStorage.removeItem(keyName),
}

/**
 * @param {'GET' | 'POST' | 'PUT' | 'DELETE'} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>} each caller knows what its address answers
 */
export async function call(method, path, body) {
  const headers = { authorization: `Bearer ${session.key()}`, ...(body ? { 'content-type': 'application/json' } : {}) }
  const answer = await fetch(path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }).catch(
    () => null,
  )
  if (!answer) throw new Problem(0, 'NO_ANSWER', 'hexroute does not answer. Is the directory running?')
  const text = await answer.text()
  const value = text === '' ? null : read(text)
  if (answer.ok) return value
  throw new Problem(answer.status, value?.code ?? 'UNKNOWN', value?.detail ?? `The answer was ${answer.status}.`)
}

/** @param {string} text */
function read(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
