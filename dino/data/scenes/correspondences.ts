// For two pictures of a scene, the point of the second that shows the same place as each pixel of the first. It is
// computed from the scene and the two cameras, so it is exact.

import { type Camera, followedBy, inverse, move } from './camera.ts'
import { middleOf, seenAt, surfacesOf } from './look.ts'
import type { Scene } from './scene.ts'

/** For each pixel of the first picture, [row, column] in memory order, where its middle is in the second. */
export interface Correspondences {
  /** Rows and columns in pixels of the second picture; the middle of its first pixel is at 0, 0. */
  readonly rows: Float32Array
  readonly columns: Float32Array
  /** 1 where the point is within the second picture and nothing hides it there. */
  readonly visible: Uint8Array
}

/** Correspondences between pictures of `size` by `size` pixels that two cameras take of a scene. */
export const correspondences = (scene: Scene, first: Camera, second: Camera, size: number): Correspondences => {
  const [before, after] = [surfacesOf(scene, first), surfacesOf(scene, second)]
  const across = before.map(({ own }, place) => followedBy(own, inverse(after[place].own)))
  const area = size * size
  const found = { rows: new Float32Array(area), columns: new Float32Array(area), visible: new Uint8Array(area) }
  for (let pixel = 0; pixel < area; pixel += 1) {
    const middle = middleOf(pixel, size)
    const place = seenAt(before, ...middle)
    const [x, y] = move(across[place], middle)
    found.columns[pixel] = ((x + 1) * size - 1) / 2
    found.rows[pixel] = ((y + 1) * size - 1) / 2
    const within = Math.abs(x) <= 1 && Math.abs(y) <= 1
    found.visible[pixel] = within && seenAt(after, x, y) === place ? 1 : 0
  }
  return found
}
