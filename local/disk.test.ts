import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkDisk } from './disk.ts'

test('too little free space is a sentence with both figures', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hexroute-disk-'))
  await expect(checkDisk(dir, 2 ** 60)).rejects.toThrow(
    /^Only \d+ MiB are free on the disk of .*, and hexroute needs 1099511627776 MiB/,
  )
  await expect(checkDisk(dir, 1)).resolves.toBeUndefined()
})

test('a path that cannot be a directory is a sentence', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'hexroute-disk-')), 'file')
  writeFileSync(file, '')
  await expect(checkDisk(join(file, 'below'))).rejects.toThrow(/^Cannot make the directory /)
})
