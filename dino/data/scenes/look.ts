// The view of a scene through a camera: for a point of the picture, the nearest thing there, and the point of that
// thing.

import { type Camera, followedBy, inverse, type Point, projection, type Similarity, similarity } from './camera.ts'
import type { Scene, Thing } from './scene.ts'
import { type Inside, reach, shapes } from './shapes.ts'
import type { Texture } from './textures.ts'

/** The kinds of things that can be seen: the background, a thing of the class of the scene, or clutter. */
export type What = 'background' | 'thing' | 'clutter'

/** Something that can be seen. */
export interface Surface {
  readonly what: What
  readonly depth: number
  readonly texture: Texture
  /** From the picture to the surface's own coordinates, those of its shape. */
  readonly own: Similarity
  readonly inside: Inside
}

const upright = ({ x, y, size, angle }: Thing): Similarity => similarity(size, angle, x, y)

/** The surfaces of a scene before a camera, the nearest first; the last one, the background, is everywhere. */
export const surfacesOf = ({ things, clutter, background }: Scene, camera: Camera): readonly Surface[] => {
  const surface = (what: What, thing: Thing): Surface => {
    const { depth, texture, shape } = thing
    const own = inverse(followedBy(upright(thing), projection(camera, depth)))
    return { what, depth, texture, own, inside: shapes[shape] }
  }
  const near = [...things.map(thing => surface('thing', thing)), ...clutter.map(thing => surface('clutter', thing))]
  const own = inverse(projection(camera, background.depth))
  return [
    ...near.sort((left, right) => left.depth - right.depth),
    { ...background, what: 'background', own, inside: () => true },
  ]
}

/** The place in `surfaces` of the one that is seen at a point of the picture. */
export const seenAt = (surfaces: readonly Surface[], x: number, y: number): number => {
  const background = surfaces.length - 1
  for (let at = 0; at < background; at += 1) {
    const { own, inside } = surfaces[at]
    const across = own.cosine * x - own.sine * y + own.x
    const down = own.sine * x + own.cosine * y + own.y
    if (across * across + down * down <= reach * reach && inside(across, down)) return at
  }
  return background
}

/** The middle of a pixel of a picture of `size` by `size` pixels. */
export const middleOf = (pixel: number, size: number): Point => [
  (2 * (pixel % size) + 1) / size - 1,
  (2 * Math.floor(pixel / size) + 1) / size - 1,
]
