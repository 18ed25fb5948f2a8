// Resampling as linear algebra. Crop, flip, resize and blur turn a picture P into R P C^T, with one banded matrix R for
// its rows and one, C, for its columns; several in turn are the product of their matrices. Resizing is antialiased as
// in Pillow and torchvision: the interpolation kernel widens with the scale, and where it reaches beyond the crop its
// weights are normalised. Four positions are resized to two, bilinearly, by
//
//   3/7 3/7 1/7  0
//    0  1/7 3/7 3/7

import { type Banded, beginning, blank, compose, mirror, normaliseRows, reachOf, window } from './banded.ts'
import type { Interpolation } from './interpolation.ts'
import { colours, type Extent, type Picture } from './picture.ts'

/** The matrix for the rows of a picture and that for its columns. */
export interface Resampling {
  readonly rows: Banded
  readonly columns: Banded
}

/** A rectangle of whole pixels. */
export interface Box extends Extent {
  readonly top: number
  readonly left: number
}

/** `sources` positions resized to `targets`; the same number of positions is the identity, bit by bit. */
export const resize =
  ({ reach, weight }: Interpolation) =>
  (sources: number, targets: number): Banded => {
    const scale = sources / targets
    const stretch = Math.max(scale, 1)
    const matrix = blank(targets, sources, Math.ceil(2 * reach * stretch) + 1)
    for (let target = 0; target < targets; target += 1) {
      const centre = scale * (target + 0.5)
      const first = beginning(matrix, Math.floor(centre - reach * stretch + 0.5))
      matrix.first[target] = first
      for (let place = 0; place < matrix.width; place += 1)
        matrix.weights[target * matrix.width + place] = weight((first + place + 0.5 - centre) / stretch)
    }
    return normaliseRows(matrix)
  }

/** The position in 0, ..., count - 1 that one outside is mirrored to at the ends; the end itself is not repeated. */
const reflect = (position: number, count: number): number => {
  if (count === 1) return 0
  const period = 2 * (count - 1)
  const inside = ((position % period) + period) % period
  return Math.min(inside, period - inside)
}

/**
 * A Gaussian of deviation `sigma` positions on `2 radius + 1` of them, the ends mirrored (torchvision gaussian_blur).
 */
export const blur = (count: number, sigma: number, radius: number): Banded => {
  const gaussian = Float64Array.from({ length: 2 * radius + 1 }, (_, at) =>
    Math.exp(-0.5 * ((at - radius) / sigma) ** 2),
  )
  const matrix = blank(count, count, gaussian.length)
  for (let target = 0; target < count; target += 1) {
    const first = beginning(matrix, target - radius)
    matrix.first[target] = first
    for (let at = 0; at < gaussian.length; at += 1)
      matrix.weights[target * matrix.width + reflect(target - radius + at, count) - first] += gaussian[at]
  }
  return normaliseRows(matrix)
}

/** A box of a picture resized to `to`; nothing outside the box has any influence (torchvision resized_crop). */
export const resizedCrop =
  (kernel: Interpolation) =>
  (from: Extent, box: Box, to: Extent): Resampling => ({
    rows: compose(resize(kernel)(box.rows, to.rows), window(from.rows, box.top, box.rows)),
    columns: compose(resize(kernel)(box.columns, to.columns), window(from.columns, box.left, box.columns)),
  })

/** Left becomes right. */
export const flip = ({ rows, columns }: Extent): Resampling => ({
  rows: window(rows, 0, rows),
  columns: mirror(columns),
})

/** Both directions blurred. */
export const gaussianBlur = ({ rows, columns }: Extent, sigma: number, radius: number): Resampling => ({
  rows: blur(rows, sigma, radius),
  columns: blur(columns, sigma, radius),
})

/** First `inner`, then `outer`, as one. */
export const after = (outer: Resampling, inner: Resampling): Resampling => ({
  rows: compose(outer.rows, inner.rows),
  columns: compose(outer.columns, inner.columns),
})

/** Adds a weighted row of a plane. */
const addRow = (into: Float64Array, weight: number, plane: Float32Array, row: number): void => {
  for (let at = 0; at < into.length; at += 1) into[at] += weight * plane[row + at]
}

/** Adds four weighted rows of a plane at once, `stride` apart, which is twice as fast. */
const addRows = (
  into: Float64Array,
  weights: Float64Array,
  first: number,
  plane: Float32Array,
  row: number,
  stride: number,
): void => {
  const weight0 = weights[first]
  const weight1 = weights[first + 1]
  const weight2 = weights[first + 2]
  const weight3 = weights[first + 3]
  const row1 = row + stride
  const row2 = row1 + stride
  const row3 = row2 + stride
  for (let at = 0; at < into.length; at += 1)
    into[at] +=
      weight0 * plane[row + at] + weight1 * plane[row1 + at] + weight2 * plane[row2 + at] + weight3 * plane[row3 + at]
}

/** Row `target` of R P into `into`: as many columns as that holds, of a plane whose first row begins at `start`. */
const mixRows = (
  into: Float64Array,
  matrix: Banded,
  target: number,
  plane: Float32Array,
  start: number,
  stride: number,
): void => {
  const { width, weights } = matrix
  into.fill(0)
  let row = start + matrix.first[target] * stride
  let weight = target * width
  const end = weight + width
  for (; weight + 4 <= end; weight += 4, row += 4 * stride) addRows(into, weights, weight, plane, row, stride)
  for (; weight < end; weight += 1, row += stride) addRow(into, weights[weight], plane, row)
}

/** Writes C x to `into` from `start` on for the three rows x, which begin at the source `from`, all colours at once. */
const mixColumns = (
  into: Float32Array,
  start: number,
  area: number,
  matrix: Banded,
  [red, green, blue]: readonly Float64Array[],
  from: number,
): void => {
  const { targets, width, first, weights } = matrix
  for (let target = 0; target < targets; target += 1) {
    let [inRed, inGreen, inBlue] = [0, 0, 0]
    let source = first[target] - from
    for (let place = target * width; place < (target + 1) * width; place += 1, source += 1) {
      const weight = weights[place]
      inRed += weight * red[source]
      inGreen += weight * green[source]
      inBlue += weight * blue[source]
    }
    into[start + target] = inRed
    into[start + target + area] = inGreen
    into[start + target + 2 * area] = inBlue
  }
}

/** R P C^T for each colour; only the rows and columns of the picture that the matrices read are touched. */
export const resample =
  ({ rows, columns }: Resampling) =>
  (picture: Picture): Picture => {
    const [from, to] = reachOf(columns)
    const area = rows.targets * columns.targets
    const plane = picture.rows * picture.columns
    const data = new Float32Array(colours * area)
    const mixed = Array.from({ length: colours }, () => new Float64Array(to - from))
    for (let row = 0; row < rows.targets; row += 1) {
      for (let colour = 0; colour < colours; colour += 1)
        mixRows(mixed[colour], rows, row, picture.data, colour * plane + from, picture.columns)
      mixColumns(data, row * columns.targets, area, columns, mixed, from)
    }
    return { rows: rows.targets, columns: columns.targets, data }
  }
