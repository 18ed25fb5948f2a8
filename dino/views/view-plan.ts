// A plan says what happens to one view; it is plain data, drawn from a key before any pixel is touched. Every field draws from
// a key of its own, folded by its name, and every view from a key folded by its group and its place in it: view i of picture j
// depends on nothing but the options, the picture's size and the picture's key.

import { chance, fields, fold, permutation, type Random, uniform } from '../../lib/index.ts'
import type { ColourAspect } from './colour.ts'
import type { Extent } from './picture.ts'
import type { Box } from './resample.ts'
import type { MultiCrop, Range, ViewGroup, ViewOptions } from './view-options.ts'

/** One step of colour jitter. */
export interface ColourChange {
  readonly aspect: ColourAspect
  /** A factor; for hue a turn, as a part of the circle. */
  readonly amount: number
}

/** What happens to one view, in this order. */
export interface ViewPlan {
  /** What is cut out of the picture. */
  readonly box: Box
  readonly flip: boolean
  /** Done in this order; none where the view keeps its colours. */
  readonly jitter: readonly ColourChange[]
  readonly grey: boolean
  /** Deviation of the blur in pixels of the view; 0 for none. */
  readonly blur: number
  /** The threshold from which values are inverted; undefined for never. */
  readonly solarise: number | undefined
}

/** The plans of all views of one picture. */
export interface PlannedViews {
  readonly global: readonly ViewPlan[]
  readonly local: readonly ViewPlan[]
}

/** Something drawn with the given probability, or else `otherwise`. */
const sometimes =
  <T>(probability: number, draw: Random<T>, otherwise: T): Random<T> =>
  key =>
    chance(probability)(fold(key, 'whether')) ? draw(fold(key, 'what')) : otherwise

const between = ([low, high]: Range): Random<number> => uniform(low, high)

const centred = ({ rows, columns }: Extent, height: number, width: number): Box => ({
  top: Math.floor((rows - height) / 2),
  left: Math.floor((columns - width) / 2),
  rows: height,
  columns: width,
})

/** The largest box in the middle of a picture whose width by height lies in the range. */
export const fallbackBox = ([narrowest, widest]: Range, from: Extent): Box => {
  const aspect = from.columns / from.rows
  if (aspect < narrowest) return centred(from, Math.round(from.columns / narrowest), from.columns)
  if (aspect > widest) return centred(from, from.rows, Math.round(from.rows * widest))
  return centred(from, from.rows, from.columns)
}

const attempts = 10

/**
 * A random box: its part of the area uniform, its width by height log-uniform, its place uniform. A box that does not fit is
 * drawn again, nine times; then it is the fallback (torchvision RandomResizedCrop).
 */
export const randomBox =
  ({ area, aspect }: Pick<ViewOptions, 'area' | 'aspect'>, from: Extent): Random<Box> =>
  key => {
    const shape = fields({
      area: between(area),
      logAspect: uniform(Math.log(aspect[0]), Math.log(aspect[1])),
      top: uniform(0, 1),
      left: uniform(0, 1),
    })
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const drawn = shape(fold(key, attempt))
      const pixels = from.rows * from.columns * drawn.area
      const rows = Math.round(Math.sqrt(pixels * Math.exp(-drawn.logAspect)))
      const columns = Math.round(Math.sqrt(pixels * Math.exp(drawn.logAspect)))
      const [free, beside] = [from.rows - rows + 1, from.columns - columns + 1]
      if (rows > 0 && columns > 0 && free > 0 && beside > 0)
        return { top: Math.floor(drawn.top * free), left: Math.floor(drawn.left * beside), rows, columns }
    }
    return fallbackBox(aspect, from)
  }

const aspects: readonly ColourAspect[] = ['brightness', 'contrast', 'saturation', 'hue']

const factor = (strength: number): Random<number> => uniform(Math.max(0, 1 - strength), 1 + strength)

/** All four changes in a random order (torchvision ColorJitter). */
const jitter = ({ brightness, contrast, saturation, hue }: ViewOptions['jitter']): Random<readonly ColourChange[]> => {
  const amounts = fields<Record<ColourAspect, number>>({
    brightness: factor(brightness),
    contrast: factor(contrast),
    saturation: factor(saturation),
    hue: uniform(-hue, hue),
  })
  return key => {
    const drawn = amounts(key)
    const order = permutation(fold(key, 'order'), aspects.length)
    return Array.from(order, place => ({ aspect: aspects[place], amount: drawn[aspects[place]] }))
  }
}

/** The plan of one view of a picture of that size. */
export const planView = (options: ViewOptions, from: Extent): Random<ViewPlan> =>
  fields<ViewPlan>({
    box: randomBox(options, from),
    flip: chance(options.flip),
    jitter: sometimes(options.jitter.probability, jitter(options.jitter), []),
    grey: chance(options.grey),
    blur: sometimes(options.blur.probability, between(options.blur.sigma), 0),
    solarise: sometimes<number | undefined>(options.solarise.probability, () => options.solarise.threshold, undefined),
  })

const planGroup =
  ({ views }: ViewGroup, from: Extent): Random<readonly ViewPlan[]> =>
  key =>
    views.map((options, place) => planView(options, from)(fold(key, place)))

/** The plans of all views of a picture of that size. */
export const planViews =
  ({ global, local }: MultiCrop) =>
  (from: Extent): Random<PlannedViews> =>
    fields<PlannedViews>({ global: planGroup(global, from), local: planGroup(local, from) })
