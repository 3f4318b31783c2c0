import { expect, test } from 'vitest'
import { parseArguments } from './arguments.ts'
import { Problem } from './problem.ts'

test('without arguments there is a demo, in .hexroute, on the well-known ports, at 5 webhooks a second', () => {
  expect(parseArguments([])).toEqual({ demo: true, dataDir: '.hexroute', ports: 'default', ratePerS: 2, help: false })
})

test('every option is understood', () => {
  const args = ['--no-demo', '--data', '/tmp/x', '--ports', 'free', '--rate', '2.5']
  expect(parseArguments(args)).toMatchObject({ demo: false, dataDir: '/tmp/x', ports: 'free', ratePerS: 2.5 })
})

test.each([['--port', '1'], ['--ports', 'some'], ['--rate', 'many'], ['--rate', '0'], ['--data'], ['word']])(
  'a wrong argument is a sentence: %s %s',
  (...args) => {
    expect(() => parseArguments(args.filter(Boolean))).toThrow(Problem)
  },
)
