// From a scene and a camera to a picture, with two more things for every pixel: the thing that is seen there, and its
// distance. The colour of a pixel is the mean of several points in it; thing and distance are those at its middle.

import { colours, type Picture } from '../../views/picture.ts'
import { lightAt, type Shot } from './camera.ts'
import { middleOf, type Surface, seenAt, surfacesOf, type What } from './look.ts'
import type { Scene } from './scene.ts'
import { colourAt } from './textures.ts'

/** A picture of a scene, `size` by `size` pixels; everything else is [row, column] in memory order. */
export interface Rendering {
  readonly picture: Picture
  /** The thing that is seen: 0 is the background, 1 a thing of the class, 2 clutter. */
  readonly mask: Uint8Array
  /** Its distance; things are at 1 to 2, clutter at 0.8 to 2.5, the background at 4. */
  readonly depth: Float32Array
  readonly label: number
}

const maskValues = { background: 0, thing: 1, clutter: 2 } as const satisfies Readonly<Record<What, number>>

/** Points in a pixel, along each side. */
const samples = 3

const paint = (surfaces: readonly Surface[], { light }: Shot, size: number): Picture => {
  const textures = surfaces.map(({ texture }) => colourAt(texture))
  const lit = lightAt(light)
  const area = size * size
  const fine = samples * size
  const data = new Float32Array(colours * area)
  for (let row = 0; row < fine; row += 1)
    for (let column = 0; column < fine; column += 1) {
      const [x, y] = [(2 * column + 1) / fine - 1, (2 * row + 1) / fine - 1]
      const place = seenAt(surfaces, x, y)
      const { own } = surfaces[place]
      const colour = textures[place](own.cosine * x - own.sine * y + own.x, own.sine * x + own.cosine * y + own.y)
      const brightness = lit(x, y)
      const pixel = Math.floor(row / samples) * size + Math.floor(column / samples)
      for (let plane = 0; plane < colours; plane += 1)
        data[plane * area + pixel] += Math.min(colour[plane] * brightness, 1) / samples ** 2
    }
  return { rows: size, columns: size, data }
}

/** Takes a picture of a scene. */
export const renderScene = (scene: Scene, shot: Shot, size: number): Rendering => {
  const surfaces = surfacesOf(scene, shot.camera)
  const middles = Array.from(
    { length: size * size },
    (_, pixel) => surfaces[seenAt(surfaces, ...middleOf(pixel, size))],
  )
  return {
    picture: paint(surfaces, shot, size),
    mask: Uint8Array.from(middles, ({ what }) => maskValues[what]),
    depth: Float32Array.from(middles, ({ depth }) => depth),
    label: scene.label,
  }
}
