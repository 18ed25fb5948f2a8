// Changes of colour. torchvision's grey weights sum to 0.9999, so that grey is idempotent only up to
// that factor; the laws say what is true.

import * as fc from 'fast-check'
import {
  type ColourAspect,
  changeColour,
  denormaliseColours,
  grey,
  greyWeights,
  imageNet,
  normaliseColours,
  solarise,
} from '../../dino/views/colour.ts'
import { fromBytes, type Picture, toBytes } from '../../dino/views/picture.ts'
import { mostNumbers, nearNumbers, sameNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { picture, pictureOf, pictureProblem } from '../support/pictures.ts'
import { unit32 } from '../support/tolerance.ts'

/** One rounding to float32 of numbers in [0, 1]. */
const near = nearNumbers(unit32)
const { brightness, contrast, saturation, hue } = changeColour
const totalWeight = greyWeights.reduce((sum, weight) => sum + weight, 0)

const planes = ({ rows, columns, data }: Picture) =>
  [0, 1, 2].map(colour => data.slice(colour * rows * columns, (colour + 1) * rows * columns))

const greyOf = (from: Picture): readonly number[] => {
  const [red, green, blue] = planes(from)
  return Array.from(red, (r, at) => greyWeights[0] * r + greyWeights[1] * green[at] + greyWeights[2] * blue[at])
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

const perPixel = (from: Picture, ofColours: (...colours: number[]) => number): readonly number[] => {
  const [red, green, blue] = planes(from)
  return Array.from(red, (r, at) => ofColours(r, green[at], blue[at]))
}

const amount = ({ data }: { readonly data: Float64Array }, aspect: ColourAspect): number =>
  aspect === 'hue' ? data[0] - 0.5 : 2 * data[0]

const aspects: readonly ColourAspect[] = ['brightness', 'contrast', 'saturation', 'hue']

law('factors of 1 and a turn of 0 leave a picture as it is', pictureProblem, ({ image }) => {
  const from = pictureOf(image)
  return aspects.map(aspect => near(changeColour[aspect](aspect === 'hue' ? 0 : 1)(from).data, from.data, aspect))
})

law('every change stays in [0, 1]', pictureProblem, ({ image, draws }) => {
  const from = pictureOf(image)
  return aspects.flatMap(aspect => {
    const { data } = changeColour[aspect](amount(draws, aspect))(from)
    return [
      mostNumbers(0)(
        data,
        data.map(() => 1),
        `${aspect} above`,
      ),
      mostNumbers(0)(
        data.map(() => 0),
        data,
        `${aspect} below`,
      ),
    ]
  })
})

law('factors of 0 are black, the mean grey, and grey', pictureProblem, ({ image }) => {
  const from = pictureOf(image)
  const level = mean(greyOf(from))
  return [
    sameNumbers(
      brightness(0)(from).data,
      from.data.map(() => 0),
      'brightness',
    ),
    near(
      contrast(0)(from).data,
      Array.from(from.data, () => level),
      'contrast',
    ),
    sameNumbers(saturation(0)(from).data, grey(from).data, 'saturation'),
  ]
})

law('a factor below 1 mixes linearly', pictureProblem, ({ image, draws }) => {
  const from = pictureOf(image)
  const factor = draws.data[0]
  const mixed = (other: (at: number) => number) =>
    Array.from(from.data, (value, at) => factor * value + (1 - factor) * other(at))
  const own = greyOf(from)
  return [
    near(
      brightness(factor)(from).data,
      mixed(() => 0),
      'brightness',
    ),
    near(
      contrast(factor)(from).data,
      mixed(() => mean(own)),
      'contrast',
    ),
    near(
      saturation(factor)(from).data,
      mixed(at => own[at % own.length]),
      'saturation',
    ),
  ]
})

law('grey is the weighted sum in all three colours; grey again is 0.9999 of it', pictureProblem, ({ image }) => {
  const from = pictureOf(image)
  const once = grey(from)
  const own = greyOf(from)
  return [
    near(once.data, [...own, ...own, ...own], 'weighted sum'),
    nearNumbers(2 * unit32)(
      grey(once).data,
      once.data.map(value => totalWeight * value),
      'again',
    ),
  ]
})

law('a third of a turn of the hue moves every colour on by one', pictureProblem, ({ image }) => {
  const from = pictureOf(image)
  const [red, green, blue] = planes(from)
  return near(hue(1 / 3)(from).data, [...blue, ...red, ...green])
})

law('turning the hue keeps the largest and the smallest colour, and turns back', pictureProblem, ({ image, draws }) => {
  const from = pictureOf(image)
  const turn = amount(draws, 'hue')
  const turned = hue(turn)(from)
  /** Hue is known to one rounding over the chroma; turned back, that rounding is multiplied by the chroma again. */
  const back = nearNumbers(16 * unit32)
  return [
    near(perPixel(turned, Math.max), perPixel(from, Math.max), 'largest'),
    near(perPixel(turned, Math.min), perPixel(from, Math.min), 'smallest'),
    back(hue(-turn)(turned).data, from.data, 'back'),
  ]
})

law('hue leaves grey alone, and a half turn of red is cyan', pictureProblem, ({ image, draws }) => {
  const once = grey(pictureOf(image))
  const red = picture({ rows: 1, columns: 1 }, colour => (colour === 0 ? 1 : 0))
  return [
    near(hue(amount(draws, 'hue'))(once).data, once.data, 'grey'),
    near(hue(0.5)(red).data, [0, 1, 1], 'cyan'),
    near(hue(1 / 6)(red).data, [1, 1, 0], 'yellow'),
  ]
})

const bytes = fc
  .uint8Array({ minLength: 3, maxLength: 48 })
  .map(values => values.slice(0, 3 * ((values.length / 3) | 0)))

law('solarising bytes at 128 twice is solarising once', bytes, values => {
  const extent = { rows: 1, columns: values.length / 3 }
  const once = solarise(128 / 255)(fromBytes(extent, values))
  return [
    sameNumbers(
      toBytes(once),
      values.map(value => (value >= 128 ? 255 - value : value)),
      'once',
    ),
    sameNumbers(solarise(128 / 255)(once).data, once.data, 'twice'),
  ]
})

law('bytes become a picture and the same bytes again', bytes, values => {
  const from = fromBytes({ rows: 1, columns: values.length / 3 }, values)
  const firstPixel = Array.from(values.subarray(0, 3), value => value / 255)
  return [
    sameNumbers(toBytes(from), values, 'there and back'),
    near(
      planes(from).map(([first]) => first),
      firstPixel,
      'planes',
    ),
  ]
})

law('normalising undoes denormalising; mean and one deviation more become 0 and 1', pictureProblem, ({ image }) => {
  const from = pictureOf(image)
  const { mean: means, deviation } = imageNet
  const extent = { rows: 1, columns: 2 }
  const known = picture(extent, (colour, _, column) => means[colour] + column * deviation[colour])
  return [
    nearNumbers(2 * unit32)(denormaliseColours(imageNet)(normaliseColours(imageNet)(from)).data, from.data, 'inverse'),
    nearNumbers(8 * unit32)(normaliseColours(imageNet)(known).data, [0, 1, 0, 1, 0, 1], 'known'),
  ]
})
