// Views: a plan that changes nothing gives the picture, normalised; what a view holds depends on its
// picture, its key and the options alone, never on what else is in the batch.

import * as fc from 'fast-check'
import { usualValues } from '../../dino/options/option-values.ts'
import { changeColour, grey, imageNet, normaliseColours, solarise } from '../../dino/views/colour.ts'
import { bicubic } from '../../dino/views/interpolation.ts'
import { clip, type Picture } from '../../dino/views/picture.ts'
import { flip, gaussianBlur, resample, resizedCrop } from '../../dino/views/resample.ts'
import { batchViews, centreView, makeView } from '../../dino/views/view.ts'
import { type ViewOptions, viewOptions } from '../../dino/views/view-options.ts'
import { planViews, type ViewPlan } from '../../dino/views/view-plan.ts'
import { random } from '../../lib/index.ts'
import { holds, nearNumbers, sameData, sameNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { boxOf, picture, pictureOf, pictureProblem } from '../support/pictures.ts'
import { unit32 } from '../support/tolerance.ts'

const whole = ({ rows, columns }: Picture) => ({ top: 0, left: 0, rows, columns })
const plain = (from: Picture): ViewPlan => ({
  box: whole(from),
  flip: false,
  jitter: [],
  grey: false,
  blur: 0,
  solarise: undefined,
})
const normalise = normaliseColours(imageNet)
const square = (size: number) => ({ rows: size, columns: size })
const noise = (rows: number, columns: number, seed: number): Picture => ({
  rows,
  columns,
  data: Float32Array.from(random.uniforms(random.keyOf(seed), 3 * rows * columns)),
})

law('a plan that changes nothing gives the picture, normalised', fc.integer({ min: 1, max: 24 }), size => {
  const from = noise(size, size, size)
  return sameNumbers(makeView(plain(from), size)(from), normalise(from).data)
})

law("a plan's steps come in the order of DINO's code", pictureProblem, ({ image, draws, sizes: { size } }) => {
  const from = pictureOf(image)
  const box = boxOf(from, draws)
  const plan: ViewPlan = {
    box,
    flip: true,
    jitter: [
      { aspect: 'contrast', amount: 1.4 },
      { aspect: 'hue', amount: 0.1 },
    ],
    grey: false,
    blur: 1,
    solarise: 0.5,
  }
  const steps: readonly ((view: Picture) => Picture)[] = [
    resample(resizedCrop(bicubic)(from, box, square(size))),
    clip,
    resample(flip(square(size))),
    changeColour.contrast(1.4),
    changeColour.hue(0.1),
    resample(gaussianBlur(square(size), 1, 3)),
    solarise(0.5),
    normalise,
  ]
  const stepwise = steps.reduce((view, step) => step(view), from)
  return sameNumbers(makeView(plan, size)(from), stepwise.data)
})

law('a grey view is grey', pictureProblem, ({ image, draws, sizes: { size } }) => {
  const from = pictureOf(image)
  const plan = { ...plain(from), box: boxOf(from, draws) }
  const colourful = clip(resample(resizedCrop(bicubic)(from, plan.box, square(size)))(from))
  return sameNumbers(makeView({ ...plan, grey: true }, size)(from), normalise(grey(colourful)).data)
})

const options: ViewOptions = { ...usualValues(viewOptions), localSize: 4, localViews: 3, blur: [0.1, 1] }
const batches = fc.record(
  { seed: fc.nat({ max: 2 ** 31 }), pictures: fc.integer({ min: 1, max: 4 }), rows: fc.integer({ min: 3, max: 12 }) },
  { noNullPrototype: true },
)

law("a batch holds each picture's views, whatever else is in it", batches, ({ seed, pictures, rows }) => {
  const images = Array.from({ length: pictures }, (_, at) => noise(rows + at, 2 * rows, seed + at))
  const keys = images.map((_, at) => random.fold(random.keyOf(seed), at))
  const { global, local } = batchViews(options, 8)(images, keys)
  const lengths = { global: 3 * 8 * 8, local: 3 * 4 * 4 }
  const at = pictures - 1
  const plans = planViews(options, images[at])(keys[at])
  const view = (of: typeof global.data, place: number, length: number) =>
    of.subarray((place * pictures + at) * length, (place * pictures + at + 1) * length)
  return [
    sameData('global sizes', global.sizes, { global: 2, batch: pictures, colour: 3, row: 8, column: 8 }),
    sameData('local sizes', local?.sizes, { local: 3, batch: pictures, colour: 3, row: 4, column: 4 }),
    ...plans.global.map((plan, place) =>
      sameNumbers(view(global.data, place, lengths.global), makeView(plan, 8)(images[at]), `global ${place}`),
    ),
    ...plans.local.map((plan, place) =>
      sameNumbers(view(local!.data, place, lengths.local), makeView(plan, 4)(images[at]), `local ${place}`),
    ),
  ]
})

law('without local views there is no local group', fc.nat(), seed =>
  holds('none', !('local' in batchViews({ ...options, localViews: 0 }, 4)([noise(5, 6, seed)], [random.keyOf(seed)]))),
)

const sizes = fc.record(
  { size: fc.integer({ min: 1, max: 20 }), more: fc.integer({ min: 0, max: 20 }), seed: fc.nat({ max: 1000 }) },
  { noNullPrototype: true },
)

law('a picture whose shorter side has the size is only cut', sizes, ({ size, more, seed }) => {
  const from = noise(size, size + more, seed)
  const left = Math.floor(more / 2)
  const cut = picture(
    square(size),
    (colour, row, column) => from.data[(colour * size + row) * (size + more) + left + column],
  )
  return sameNumbers(centreView(size)(from), normalise(cut).data)
})

law('the middle is cut out of the resized picture', sizes, ({ size, more, seed }) => {
  const shorter = size + 1 + more
  const from = noise(shorter + 7, shorter, seed)
  const resized = Math.round((size * 256) / 224)
  const higher = Math.floor((resized * (shorter + 7)) / shorter)
  const whole = resample(resizedCrop(bicubic)(from, { top: 0, left: 0, ...from }, { rows: higher, columns: resized }))(
    from,
  )
  const [top, left] = [Math.floor((higher - size) / 2), Math.floor((resized - size) / 2)]
  const box = { top, left, ...square(size) }
  const expected = normalise(clip(resample(resizedCrop(bicubic)(whole, box, box))(whole)))
  return nearNumbers(16 * unit32)(centreView(size)(from), expected.data)
})
