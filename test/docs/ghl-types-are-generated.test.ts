import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const projectRoot = new URL('../../', import.meta.url)

test('the types of GHL are those that the generator makes of the OpenAPI document: npm run generate:ghl', () => {
  const dir = mkdtempSync(join(tmpdir(), 'hexroute-openapi-'))
  const fresh = join(dir, 'openapi.d.ts')
  const generator = 'node_modules/openapi-typescript/bin/cli.js'
  const document = 'test/fixtures/ghl/openapi/subset-2021.json'
  execFileSync(process.execPath, [generator, document, '-o', fresh], { cwd: projectRoot, stdio: 'pipe' })
  const committed = readFileSync(new URL('delivery/ghl/generated/openapi.d.ts', projectRoot), 'utf8')
  expect(readFileSync(fresh, 'utf8') === committed).toBe(true)
  rmSync(dir, { recursive: true })
})
