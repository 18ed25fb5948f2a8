// A plan describes one view as plain data, and is drawn from a key before any pixel is touched. Every field is drawn
// from a key of its own, folded by the field's name, and every view from a key folded by its group and its place in it.
// So view i of picture j depends on nothing but the options, the picture's size and the picture's key. A plan is, for
// example,
//
//   { box: { top: 3, left: 0, rows: 20, columns: 22 }, flip: true, jitter: [], grey: false, blur: 0.7, solarise: 0.5 }

import { random } from '../../lib/index.ts'
import { type DrawnChanges, drawChanges, type ViewKind } from './change.ts'
import type { Extent } from './picture.ts'
import type { Box } from './resample.ts'
import type { ViewOptions } from './view-options.ts'

/** Two ends of a range, the smaller first. */
type Range = readonly [low: number, high: number]

/** The plan of one view: the box that is cut out, whether it is mirrored, and its changes. */
export interface ViewPlan extends DrawnChanges {
  readonly box: Box
  readonly flip: boolean
}

/**
 * Something of each group: global views, which teacher and student see, and local ones, which only the student sees.
 */
export interface Groups<T> {
  readonly global: T
  readonly local: T
}

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

/** Which boxes: the part of the picture's area, and width by height. */
export interface BoxOptions {
  readonly area: Range
  readonly aspect: Range
}

/**
 * A random box: its part of the area uniform, its width by height log-uniform, its place uniform. A box that does not
 * fit is drawn again, nine times; then it is the fallback (torchvision RandomResizedCrop).
 */
export const randomBox =
  ({ area, aspect }: BoxOptions, from: Extent): random.Random<Box> =>
  key => {
    const shape = random.fields({
      area: random.uniform(...area),
      logAspect: random.uniform(Math.log(aspect[0]), Math.log(aspect[1])),
      top: random.uniform(0, 1),
      left: random.uniform(0, 1),
    })
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const drawn = shape(random.fold(key, attempt))
      const pixels = from.rows * from.columns * drawn.area
      const rows = Math.round(Math.sqrt(pixels * Math.exp(-drawn.logAspect)))
      const columns = Math.round(Math.sqrt(pixels * Math.exp(drawn.logAspect)))
      const [free, beside] = [from.rows - rows + 1, from.columns - columns + 1]
      if (rows > 0 && columns > 0 && free > 0 && beside > 0)
        return { top: Math.floor(drawn.top * free), left: Math.floor(drawn.left * beside), rows, columns }
    }
    return fallbackBox(aspect, from)
  }

/** Width by height of a crop (torchvision RandomResizedCrop). */
export const usualAspect: Range = [3 / 4, 4 / 3]

/** The plan of a view of that kind of a picture of that size. */
export const planView = (options: ViewOptions, kind: ViewKind, from: Extent): random.Random<ViewPlan> => {
  const area = kind === 'local' ? options.localArea : options.globalArea
  return random.fields<ViewPlan>({
    box: randomBox({ area, aspect: usualAspect }, from),
    flip: random.chance(options.flip),
    ...drawChanges(options, kind),
  })
}

/** The kinds of the views of each group, in order. */
export const kindsOf = ({ localViews }: ViewOptions): Groups<readonly ViewKind[]> => ({
  global: ['firstGlobal', 'secondGlobal'],
  local: Array.from({ length: localViews }, () => 'local'),
})

/** The plans of all views of a picture of that size. */
export const planViews = (options: ViewOptions, from: Extent): random.Random<Groups<readonly ViewPlan[]>> => {
  const { global, local } = kindsOf(options)
  const planGroup =
    (kinds: readonly ViewKind[]): random.Random<readonly ViewPlan[]> =>
    key =>
      kinds.map((kind, place) => planView(options, kind, from)(random.fold(key, place)))
  return random.fields<Groups<readonly ViewPlan[]>>({ global: planGroup(global), local: planGroup(local) })
}
