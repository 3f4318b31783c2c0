import { cellToLatLng } from 'h3-js'
import type { Spot, TerritoryIndex } from '../compile-territories.ts'
import { cellName } from './cell-layer.ts'
import type { CodeOnMap, Gazetteer } from './locate-lead.ts'

/** A lead that told its ZIP or postal code and nothing else. */
export const spotOfCode = ({ code, country, state, latitude, longitude }: CodeOnMap): Spot => ({
  ...{ postalCode: code, plus4: null, state, country, fault: null },
  point: { latitude, longitude },
})

/** Who reads a code's territories asks for its ZIP+4 codes too, which no table lists: those that the rulesets name. */
export function spotsOfZip4(indexes: readonly TerritoryIndex[], gazetteer: Gazetteer): Map<string, Spot> {
  const spots = new Map<string, Spot>()
  for (const key of indexes.flatMap(({ codes }) => [...codes.keys()])) {
    const [, zip, plus4] = /^US:(\d{5})(\d{4})$/.exec(key) ?? []
    if (!zip || !plus4) continue
    const point = gazetteer.zip(zip)
    const state = gazetteer.stateOf(zip)
    spots.set(zip + plus4, { postalCode: zip, plus4, state, country: 'US', fault: null, point })
  }
  return spots
}

/** Every cell of the indexes by its name, as the point in its middle: a lead that told its coordinates and nothing else. */
export function spotsOfCells(indexes: readonly TerritoryIndex[]): Map<string, Spot> {
  const spots = new Map<string, Spot>()
  for (const { resolution, keys } of indexes.flatMap(({ layers }) => layers)) {
    for (const key of keys) {
      const cell = cellName(resolution, key)
      if (spots.has(cell)) continue
      const [latitude, longitude] = cellToLatLng(cell)
      const nothing = { postalCode: null, plus4: null, state: null, country: null, fault: null }
      spots.set(cell, { ...nothing, point: { latitude, longitude } })
    }
  }
  return spots
}
