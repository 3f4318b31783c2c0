import { expect, test } from 'vitest'
import { badgeSvg } from './badge-svg.ts'

test('a longer text makes a wider picture, and its box holds it', () => {
  const widthOf = (value: string) => Number(/width="(\d+)"/.exec(badgeSvg({ label: 'won', value, title: 't' }))?.[1])
  expect(widthOf('100.0%')).toBeGreaterThan(widthOf('9.1%'))
})

test('text stays text', () => {
  const svg = badgeSvg({ label: '<script>alert(1)</script>', value: '"&', title: '"><b>' })
  expect(svg).not.toMatch(/<script|<b>/)
  expect(svg).toContain('&lt;script&gt;')
  expect(svg).toContain('&quot;&amp;')
})
