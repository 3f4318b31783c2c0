import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const tsc = fileURLToPath(new URL('../node_modules/@typescript/native/bin/tsc', import.meta.url))

test.each(['./', '../directory/pages/'])(
  'scripts of %s, which run without a build, have no type fault',
  async (path) => {
    const folder = fileURLToPath(new URL(path, import.meta.url))
    const checked = promisify(execFile)(process.execPath, [tsc, '--noEmit', '--pretty', 'false', '-p', folder])
    const faults = await checked.then(
      () => '',
      ({ stdout, message }) => stdout || message,
    )
    expect(faults).toBe('')
  },
)
