// Resampling: cropping, flipping, resizing and blurring are linear maps whose rows sum to 1, and one
// after the other is their product. Bicubic resizing overshoots, so that only bilinear resizing stays between the least
// and the greatest value.

import { type Banded, mirror } from '../../dino/views/banded.ts'
import { bicubic, bilinear } from '../../dino/views/interpolation.ts'
import type { Picture } from '../../dino/views/picture.ts'
import {
  after,
  blur,
  flip,
  gaussianBlur,
  type Resampling,
  resample,
  resize,
  resizedCrop,
} from '../../dino/views/resample.ts'
import { mostNumbers, nearNumbers, sameData, sameNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { boxOf, picture, pictureOf, pictureProblem, pixel } from '../support/pictures.ts'
import { largest, unit32 } from '../support/tolerance.ts'

const kernels = { bicubic, bilinear }
const whole = ({ rows, columns }: Picture) => ({ top: 0, left: 0, rows, columns })
const square = (size: number) => ({ rows: size, columns: size })
const constant = (rows: number, columns: number) => picture({ rows, columns }, colour => (colour + 1) / 7)

/** The largest sum of the sizes of a row's weights: by how much a matrix can enlarge a value. */
const gain = ({ targets, width, weights }: Banded): number => {
  const sums = Array.from({ length: targets }, (_, target) =>
    weights.subarray(target * width, (target + 1) * width).reduce((sum, weight) => sum + Math.abs(weight), 0),
  )
  return Math.max(...sums)
}

const gainOf = ({ rows, columns }: Resampling): number => gain(rows) * gain(columns)

law('the whole picture at its own size is the picture, bit by bit', pictureProblem, ({ image }) => {
  const from = pictureOf(image)
  return Object.entries(kernels).map(([name, kernel]) =>
    sameNumbers(resample(resizedCrop(kernel)(from, whole(from), from))(from).data, from.data, name),
  )
})

law('a box at its own size is what lies in the box, bit by bit', pictureProblem, ({ image, draws }) => {
  const from = pictureOf(image)
  const box = boxOf(from, draws)
  const expected = picture(box, (colour, row, column) => pixel(from, colour, box.top + row, box.left + column))
  return sameNumbers(resample(resizedCrop(bicubic)(from, box, box))(from).data, expected.data)
})

law('what lies outside the box changes not one bit', pictureProblem, ({ image, draws, sizes: { size } }) => {
  const from = pictureOf(image)
  const box = boxOf(from, draws)
  const isInside = (row: number, column: number) =>
    row >= box.top && row < box.top + box.rows && column >= box.left && column < box.left + box.columns
  const other = picture(from, (colour, row, column) => (isInside(row, column) ? pixel(from, colour, row, column) : 0.3))
  const crop = resample(resizedCrop(bicubic)(from, box, square(size)))
  return sameNumbers(crop(other).data, crop(from).data)
})

law('a flip reverses every row, and two flips are none', pictureProblem, ({ image }) => {
  const from = pictureOf(image)
  const flipped = resample(flip(from))(from)
  const expected = picture(from, (colour, row, column) => pixel(from, colour, row, from.columns - 1 - column))
  return [
    sameNumbers(flipped.data, expected.data, 'reversed'),
    sameNumbers(resample(flip(from))(flipped).data, from.data, 'twice'),
    sameData('mirror of a mirror', [...mirror(from.columns).first].reverse(), [...Array(from.columns).keys()]),
  ]
})

law('resizing and blurring a constant leave it', pictureProblem, ({ image, draws, sizes: { row, column, size } }) => {
  const from = constant(row, column)
  const radius = 1 + Math.round(6 * draws.data[1])
  const blurred = resample(gaussianBlur(from, 0.1 + 2 * draws.data[0], radius))(from)
  const box = boxOf(pictureOf(image), draws)
  return [
    ...Object.entries(kernels).map(([name, kernel]) =>
      nearNumbers(unit32)(
        resample(resizedCrop(kernel)(from, box, square(size)))(from).data,
        constant(size, size).data,
        name,
      ),
    ),
    nearNumbers(unit32)(blurred.data, from.data, 'blur'),
  ]
})

law('bilinear resizing stays between least and greatest', pictureProblem, ({ image, sizes: { size } }) => {
  const from = pictureOf(image)
  const { data } = resample(resizedCrop(bilinear)(from, whole(from), square(size)))(from)
  return [
    mostNumbers(unit32)(
      data,
      data.map(() => Math.max(...from.data)),
      'greatest',
    ),
    mostNumbers(unit32)(
      data.map(() => Math.min(...from.data)),
      data,
      'least',
    ),
  ]
})

/** The value that a matrix gives each target, where the sources hold `curve` of their centres. */
const applied = ({ targets, width, first, weights }: Banded, curve: (position: number) => number): number[] =>
  Array.from({ length: targets }, (_, target) => {
    const band = Array.from(weights.subarray(target * width, (target + 1) * width))
    return band.reduce((sum, weight, place) => sum + weight * curve(first[target] + place + 0.5), 0)
  })

law(
  'enlarging keeps parabolas (bicubic, a = -1/2) and straight lines (bilinear) away from the ends',
  pictureProblem,
  ({ draws, sizes: { column, size } }) => {
    const [a, b, c] = draws.data
    const [sources, targets] = [column, column + size]
    const inside = (values: readonly number[], reach: number) =>
      values.filter((_, target) => {
        const centre = ((target + 0.5) * sources) / targets
        return centre >= reach - 0.5 && centre <= sources - reach + 0.5
      })
    const centres = Array.from({ length: targets }, (_, target) => ((target + 0.5) * sources) / targets)
    const parabola = (x: number) => a * x * x + b * x + c
    const line = (x: number) => b * x + c
    const near = nearNumbers(2 ** -40)
    return [
      near(
        inside(applied(resize(bicubic)(sources, targets), parabola), 2),
        inside(centres.map(parabola), 2),
        'bicubic',
      ),
      near(inside(applied(resize(bilinear)(sources, targets), line), 1), inside(centres.map(line), 1), 'bilinear'),
    ]
  },
)

law('one after the other is the product of the matrices', pictureProblem, ({ image, draws, sizes: { size } }) => {
  const from = pictureOf(image)
  const crop = resizedCrop(bicubic)(from, boxOf(from, draws), square(size))
  const blurred = gaussianBlur(square(size), 0.1 + 2 * draws.data[0], 3)
  const flipped = flip(square(size))
  const stepwise = [crop, flipped, blurred].reduce((view, step) => resample(step)(view), from)
  const together = after(blurred, after(flipped, crop))
  const tolerance = 5 * unit32 * gainOf(crop) * gainOf(blurred) * largest(from.data)
  return [
    nearNumbers(tolerance)(resample(together)(from).data, stepwise.data, 'in one'),
    nearNumbers(tolerance)(
      resample(after(after(blurred, flipped), crop))(from).data,
      resample(together)(from).data,
      'associative',
    ),
    nearNumbers(tolerance)(
      resample(after(flipped, after(blurred, crop)))(from).data,
      resample(together)(from).data,
      'a flip and a blur commute',
    ),
  ]
})

law('blur is the convolution with a Gaussian, the ends mirrored', pictureProblem, ({ draws, sizes: { column } }) => {
  const radius = Math.min(4, column - 1)
  const sigma = 0.2 + 2 * draws.data[0]
  const offsets = Array.from({ length: 2 * radius + 1 }, (_, at) => at - radius)
  const gaussian = offsets.map(offset => Math.exp((-offset * offset) / (2 * sigma * sigma)))
  const total = gaussian.reduce((sum, weight) => sum + weight, 0)
  const curve = (position: number) => Math.sin(3 * position)
  /** The value at a position that may lie outside by less than the whole length. */
  const mirrored = (at: number) => curve((at < 0 ? -at : at >= column ? 2 * (column - 1) - at : at) + 0.5)
  const expected = Array.from({ length: column }, (_, target) =>
    offsets.reduce((sum, offset, place) => sum + (gaussian[place] / total) * mirrored(target + offset), 0),
  )
  return nearNumbers(2 ** -46)(applied(blur(column, sigma, radius), curve), expected)
})

law('a blur far narrower than a pixel is none, whatever its radius', pictureProblem, ({ image, sizes: { size } }) => {
  const from = pictureOf(image)
  return sameNumbers(resample(gaussianBlur(from, 1 / 64, size))(from).data, from.data)
})
