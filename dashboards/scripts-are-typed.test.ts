import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

test.each(['./', '../directory/pages/'])(
  'scripts of %s, which run without a build, have no type fault',
  (path) => {
    const folder = fileURLToPath(new URL(path, import.meta.url))
    const { config } = ts.readConfigFile(`${folder}tsconfig.json`, ts.sys.readFile)
    const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, folder)
    const faults = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options))
    const texts = faults.map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    )
    expect(fileNames.length).toBeGreaterThan(0)
    expect(texts).toEqual([])
  },
  60_000,
)
