import fc from 'fast-check'
import { cellToChildren, cellToParent, latLngToCell } from 'h3-js'
import { expect, test } from 'vitest'
import { mergeCells } from './merge-cells.ts'
import { toFeature } from './to-geojson.ts'

const atlanta = latLngToCell(33.75, -84.39, 7)
const siblings = cellToChildren(cellToParent(atlanta, 6), 7)
const of = (cell: string, leads: number, unserved = 0) => ({ cell, leads, unserved })

test('a cell with too few leads goes into its parent with its like, and not with those that stand for themselves', () => {
  const demand = [of(siblings[0]!, 9, 2), of(siblings[1]!, 3, 1), of(siblings[2]!, 2, 2)]
  expect(mergeCells(demand, { resolution: 7, leadsMin: 5 })).toEqual({
    cells: [of(cellToParent(atlanta, 6), 5, 3), of(siblings[0]!, 9, 2)],
    withheld: 0,
  })
})

test('who is alone for 60 km is on no map', () => {
  expect(mergeCells([of(atlanta, 4)], { resolution: 7, leadsMin: 5 })).toEqual({ cells: [], withheld: 4 })
})

test('whatever the leads: no cell has fewer than asked, none is finer, and none is lost or counted twice', () => {
  const place = fc.tuple(fc.double({ min: 25, max: 49, noNaN: true }), fc.double({ min: -124, max: -67, noNaN: true }))
  const cells = fc.array(
    fc.tuple(place, fc.integer({ min: 1, max: 12 })).map(([[lat, lng], leads]) => of(latLngToCell(lat, lng, 7), leads)),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(
      cells,
      fc.integer({ min: 3, max: 7 }),
      fc.integer({ min: 5, max: 20 }),
      (demand, resolution, leadsMin) => {
        const merged = mergeCells(demand, { resolution, leadsMin })
        const sum = (all: { leads: number }[]) => all.reduce((total, { leads }) => total + leads, 0)
        expect(sum(merged.cells) + merged.withheld).toBe(sum(demand))
        expect(merged.cells.every(({ leads }) => leads >= leadsMin)).toBe(true)
        expect(new Set(merged.cells.map(({ cell }) => cell)).size).toBe(merged.cells.length)
        expect(merged.cells.map(toFeature).every(({ properties }) => properties.resolution <= resolution)).toBe(true)
      },
    ),
  )
})

test('a cell on the antimeridian is one polygon, closed and not round the earth', () => {
  const { geometry } = toFeature(of(latLngToCell(-17, 179.99, 3), 5))
  const ring = geometry.coordinates[0]!
  const longitudes = ring.map(([longitude]) => longitude!)
  expect(Math.max(...longitudes) - Math.min(...longitudes)).toBeLessThan(10)
  expect(ring.at(-1)).toEqual(ring[0])
})
