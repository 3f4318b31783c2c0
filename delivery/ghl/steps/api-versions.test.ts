import { expect, test } from 'vitest'
import { apiVersions } from './api-versions.ts'

test('versions are given by operation, and nothing means the built-in ones', () => {
  expect(apiVersions('')).toEqual({})
  expect(apiVersions('send-message=2023-02-21, add-note = v3')).toEqual({
    'send-message': '2023-02-21',
    'add-note': 'v3',
  })
})

test('a mistyped operation or a missing version is told at once', () => {
  expect(() => apiVersions('send-mesage=v3')).toThrow('no operation of GHL is called send-mesage')
  expect(() => apiVersions('constructor=v3')).toThrow('no operation')
  expect(() => apiVersions('send-message')).toThrow('has no version')
})
