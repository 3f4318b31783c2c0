// @ts-check

/** @param {string} id */
export const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id))
/** @param {string} id */
export const field = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id))
/** @param {string} id */
export const button = (id) => /** @type {HTMLButtonElement} */ (document.getElementById(id))

/** Text enters as text: a sub-account's name may hold markup. @param {string} tag @param {string} className @param {(Node | string)[]} children */
export function make(tag, className, ...children) {
  const element = document.createElement(tag)
  if (className) element.className = className
  element.append(...children)
  return element
}

/** It lies over the list: what is no fault goes by itself. */
const saidMs = 10_000
/** @type {ReturnType<typeof setTimeout> | undefined} */
let fading

/** One sentence over the page; none clears it. @param {string} text @param {'good' | 'bad'} kind */
export function say(text, kind = 'good') {
  const message = part('message')
  message.className = kind === 'bad' ? 'message bad' : 'message'
  message.textContent = text
  message.hidden = text === ''
  clearTimeout(fading)
  if (kind === 'good' && text !== '') fading = setTimeout(() => say(''), saidMs)
}

/** While it works, the button cannot be pressed again. @param {HTMLButtonElement} pressed @param {() => Promise<void>} work */
export async function during(pressed, work) {
  pressed.disabled = true
  pressed.setAttribute('aria-busy', 'true')
  try {
    await work()
  } finally {
    pressed.disabled = false
    pressed.removeAttribute('aria-busy')
  }
}

/** @param {unknown} error */
export const wordsOf = (error) => (error instanceof Error ? error.message : String(error))
