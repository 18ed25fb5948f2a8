// From a picture and a plan to a view, in the order of DINO's public code: crop, resize and flip, which are one pair of
// matrices; colour jitter and grey; blur, another pair, as it does not commute with the clipping of colours; solarise;
// normalise. Each view of a batch is a pure function of the options, its picture and that picture's key.

import { type Dense, dense, type random } from '../../lib/index.ts'
import { type Banded, compose, mirror, window } from './banded.ts'
import { applyChanges } from './change.ts'
import { imageNet, normaliseColours } from './colour.ts'
import { bicubic } from './interpolation.ts'
import { clip, colours, type Extent, type Picture } from './picture.ts'
import { type Resampling, resample, resize, resizedCrop } from './resample.ts'
import type { ViewOptions } from './view-options.ts'
import { type Groups, kindsOf, planViews, type ViewPlan } from './view-plan.ts'

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

const normalised = (picture: Picture): Float32Array => normaliseColours(imageNet)(picture).data

/**
 * The view of a picture that a plan describes: [colour, row, column] of `size` x `size` pixels, normalised by ImageNet.
 */
export const makeView =
  (plan: ViewPlan, size: number) =>
  (picture: Picture): Float32Array => {
    const cropped = clip(resample(geometry(plan, picture, size))(picture))
    return normalised(applyChanges(plan)(cropped))
  }

/** How many views of which size. */
interface ViewGroup {
  readonly size: number
  readonly views: number
}

const groupsOf = (options: ViewOptions, globalSize: number): Groups<ViewGroup> => {
  const { global, local } = kindsOf(options)
  return {
    global: { size: globalSize, views: global.length },
    local: { size: options.localSize, views: local.length },
  }
}

const fillGroup = (
  { size, views }: ViewGroup,
  pictures: readonly Picture[],
  plans: readonly (readonly ViewPlan[])[],
): Float32Array => {
  const length = colours * size * size
  const data = new Float32Array(views * pictures.length * length)
  for (let view = 0; view < views; view += 1)
    for (let image = 0; image < pictures.length; image += 1)
      data.set(makeView(plans[image][view], size)(pictures[image]), (view * pictures.length + image) * length)
  return data
}

/** Views of a batch of so many pictures, with what `fill` gives for each group. */
const arrange = (
  { global, local }: Groups<ViewGroup>,
  batch: number,
  fill: (group: keyof Groups<unknown>) => Float32Array,
): BatchViews => {
  const image = ({ size }: ViewGroup) => ({ batch, colour: colours, row: size, column: size })
  const globals = dense({ global: global.views, ...image(global) }, fill('global'))
  if (local.views === 0) return { global: globals }
  return { global: globals, local: dense({ local: local.views, ...image(local) }, fill('local')) }
}

/** All views of a batch of pictures, one key for each picture, as the step of training takes them. */
export const batchViews =
  (options: ViewOptions, globalSize: number) =>
  (pictures: readonly Picture[], keys: readonly random.Key[]): BatchViews => {
    const groups = groupsOf(options, globalSize)
    const plans = pictures.map((picture, image) => planViews(options, picture)(keys[image]))
    return arrange(groups, pictures.length, group =>
      fillGroup(
        groups[group],
        pictures,
        plans.map(of => of[group]),
      ),
    )
  }

/** Views of a batch of so many pictures, all zero: their sizes are wanted before there are pictures. */
export const blankViews = (options: ViewOptions, globalSize: number, batch: number): BatchViews => {
  const groups = groupsOf(options, globalSize)
  return arrange(groups, batch, group => {
    const { size, views } = groups[group]
    return new Float32Array(views * batch * colours * size * size)
  })
}

/** The middle `size` of what `from` positions become when they are resized to `to`. */
const middle = (from: number, to: number, size: number): Banded =>
  compose(window(to, Math.floor((to - size) / 2), size), resize(bicubic)(from, to))

/**
 * The view for evaluation, [colour, row, column] of `size` x `size` pixels, normalised by ImageNet: the shorter side is
 * resized to `size` times `ratio`, at least 1, and the middle is cut out. DINO resizes to 256 for 224 (eval_knn.py). A
 * picture whose shorter side is `size` already is not resized.
 */
export const centreView =
  (size: number, ratio = 256 / 224) =>
  (picture: Picture): Float32Array => {
    const shorter = Math.min(picture.rows, picture.columns)
    const resized = shorter === size ? size : Math.round(size * ratio)
    const across = (length: number): Banded => middle(length, Math.floor((resized * length) / shorter), size)
    return normalised(clip(resample({ rows: across(picture.rows), columns: across(picture.columns) })(picture)))
  }
