// Views of pictures. A plan is carried out in the order of DINO's public code: crop, resize and flip, which are one pair of
// matrices; colour jitter and grey; blur, another pair, for it does not commute with the clipping of colours; solarise;
// normalise. A view of a batch is a pure function of the options, its picture and that picture's key.

import { type Dense, dense, type Key } from '../../lib/index.ts'
import { type Banded, compose, mirror, window } from './banded.ts'
import { changeColour, grey, imageNet, normaliseColours, solarise } from './colour.ts'
import { clip, colours, type Extent, type Picture } from './picture.ts'
import { bicubic, gaussianBlur, type Resampling, resample, resize, resizedCrop } from './resample.ts'
import type { MultiCrop, ViewGroup } from './view-options.ts'
import { planViews, type ViewPlan } from './view-plan.ts'

/** Views of one size of a batch of pictures: [view, batch, colour, row, column] in memory order. */
export type Views<View extends string> = Dense<View | 'batch' | 'colour' | 'row' | 'column'>

/** The views of a batch; there is no `local` where the options ask for none. */
export interface BatchViews {
  readonly global: Views<'global'>
  readonly local?: Views<'local'>
}

/** Crop, resize and flip of a picture of that size, as one. */
const geometry = ({ box, flip }: ViewPlan, from: Extent, size: number): Resampling => {
  const { rows, columns } = resizedCrop(bicubic)(from, box, { rows: size, columns: size })
  return { rows, columns: flip ? compose(mirror(size), columns) : columns }
}

/** Blur to three deviations. */
const blurred =
  (sigma: number) =>
  (picture: Picture): Picture =>
    resample(gaussianBlur(picture, sigma, Math.ceil(3 * sigma)))(picture)

/** What a plan does to the colours and the sharpness of a view, in order. */
const changes = (plan: ViewPlan): readonly ((picture: Picture) => Picture)[] => [
  ...plan.jitter.map(({ aspect, amount }) => changeColour[aspect](amount)),
  ...(plan.grey ? [grey] : []),
  ...(plan.blur > 0 ? [blurred(plan.blur)] : []),
  ...(plan.solarise === undefined ? [] : [solarise(plan.solarise)]),
]

const normalised = (picture: Picture): Float32Array => normaliseColours(imageNet)(picture).data

/** The view of a picture that a plan describes: [colour, row, column] of `size` x `size` pixels, normalised by ImageNet. */
export const makeView =
  (plan: ViewPlan, size: number) =>
  (picture: Picture): Float32Array => {
    const cropped = clip(resample(geometry(plan, picture, size))(picture))
    return normalised(changes(plan).reduce((view, change) => change(view), cropped))
  }

const fillGroup = (
  { size, views }: ViewGroup,
  pictures: readonly Picture[],
  plans: readonly (readonly ViewPlan[])[],
): Float32Array => {
  const length = colours * size * size
  const data = new Float32Array(views.length * pictures.length * length)
  for (let view = 0; view < views.length; view += 1)
    for (let image = 0; image < pictures.length; image += 1)
      data.set(makeView(plans[image][view], size)(pictures[image]), (view * pictures.length + image) * length)
  return data
}

/** Views of a batch of so many pictures, with what `fill` gives for each group. */
const arrange = (
  { global, local }: MultiCrop,
  batch: number,
  fill: (group: 'global' | 'local') => Float32Array,
): BatchViews => {
  const image = ({ size }: ViewGroup) => ({ batch, colour: colours, row: size, column: size })
  const globals = dense({ global: global.views.length, ...image(global) }, fill('global'))
  if (local.views.length === 0) return { global: globals }
  return { global: globals, local: dense({ local: local.views.length, ...image(local) }, fill('local')) }
}

/** All views of a batch of pictures, one key for each picture, as the step of training takes them. */
export const batchViews =
  (options: MultiCrop) =>
  (pictures: readonly Picture[], keys: readonly Key[]): BatchViews => {
    const plan = planViews(options)
    const plans = pictures.map((picture, image) => plan(picture)(keys[image]))
    return arrange(options, pictures.length, group =>
      fillGroup(
        options[group],
        pictures,
        plans.map(of => of[group]),
      ),
    )
  }

/** Views of a batch of so many pictures, all zero: for whoever needs their sizes before there are pictures. */
export const blankViews = (options: MultiCrop, batch: number): BatchViews =>
  arrange(options, batch, group => {
    const { size, views } = options[group]
    return new Float32Array(views.length * batch * colours * size * size)
  })

/** The middle `size` of what `from` positions become when they are resized to `to`. */
const middle = (from: number, to: number, size: number): Banded =>
  compose(window(to, Math.floor((to - size) / 2), size), resize(bicubic)(from, to))

/**
 * The view for evaluation, [colour, row, column] of `size` x `size` pixels, normalised by ImageNet: the shorter side is resized
 * to `size` times `ratio`, at least 1, and the middle is cut out. DINO resizes to 256 for 224 (eval_knn.py). A picture whose
 * shorter side is `size` already is not resized.
 */
export const centreView =
  (size: number, ratio = 256 / 224) =>
  (picture: Picture): Float32Array => {
    const shorter = Math.min(picture.rows, picture.columns)
    const resized = shorter === size ? size : Math.round(size * ratio)
    const across = (length: number): Banded => middle(length, Math.floor((resized * length) / shorter), size)
    return normalised(clip(resample({ rows: across(picture.rows), columns: across(picture.columns) })(picture)))
  }
