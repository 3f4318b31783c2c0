import { cellToBoundary, getResolution } from 'h3-js'
import Type from 'typebox'
import type { Demand } from './merge-cells.ts'

/** RFC 7946. */
export const HeatmapFeature = Type.Object({
  type: Type.Literal('Feature'),
  id: Type.String({ description: 'the H3 cell' }),
  geometry: Type.Object({
    type: Type.Literal('Polygon'),
    coordinates: Type.Array(Type.Array(Type.Array(Type.Number()))),
  }),
  properties: Type.Object({
    cell: Type.String(),
    resolution: Type.Integer(),
    leads: Type.Integer({ description: 'leads of the window whose place is here' }),
    unserved: Type.Integer({ description: 'of these, those that are with no location now' }),
  }),
})

export function toFeature({ cell, leads, unserved }: Demand): Type.Static<typeof HeatmapFeature> {
  return {
    type: 'Feature',
    id: cell,
    geometry: { type: 'Polygon', coordinates: [ringOf(cell)] },
    properties: { cell, resolution: getResolution(cell), leads, unserved },
  }
}

/** Closed, counter-clockwise, longitude first. Over the antimeridian longitudes go on past 180, so that no map draws it round the earth. */
function ringOf(cell: string): number[][] {
  const ring = cellToBoundary(cell, true)
  const longitudes = ring.map(([longitude]) => longitude!)
  if (Math.max(...longitudes) - Math.min(...longitudes) <= 180) return ring
  return ring.map(([longitude, latitude]) => [longitude! < 0 ? longitude! + 360 : longitude!, latitude!])
}
