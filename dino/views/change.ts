// The changes that a view may undergo after it was cut out. A change has a row: what is drawn for it from a key, as
// plain data, and what that does to the picture. The rows stand in the order in which the changes are done, that of
// DINO's public code (main_dino.py, DataAugmentationDINO). A plan has a field for each row. A view drawn as
//
//   { jitter: [{ aspect: 'hue', amount: 0.05 }], grey: false, blur: 0.7, solarise: undefined }
//
// has its hue turned and is then blurred.

import { random } from '../../lib/index.ts'
import { type ColourAspect, changeColour, grey, solarise } from './colour.ts'
import type { Picture } from './picture.ts'
import { gaussianBlur, resample } from './resample.ts'
import type { ViewOptions } from './view-options.ts'

/**
 * The kinds of views: of the two global ones, the public code blurs the first always, and solarises the second alone.
 */
export type ViewKind = 'firstGlobal' | 'secondGlobal' | 'local'

/** A change: what is drawn for a view of that kind, and what is done with it. */
interface Change<T> {
  readonly draw: (options: ViewOptions, kind: ViewKind) => random.Random<T>
  readonly apply: (drawn: T) => (picture: Picture) => Picture
}

const change = <T>(draw: Change<T>['draw'], apply: Change<T>['apply']): Change<T> => ({ draw, apply })

const same = (picture: Picture): Picture => picture

/** Something drawn with the given probability, or else `otherwise`. */
const sometimes =
  <T>(probability: number, draw: random.Random<T>, otherwise: T): random.Random<T> =>
  key =>
    random.chance(probability)(random.fold(key, 'whether')) ? draw(random.fold(key, 'what')) : otherwise

/** One step of colour jitter. */
export interface ColourChange {
  readonly aspect: ColourAspect
  /** A factor; for hue a turn, as a part of the circle. */
  readonly amount: number
}

const aspects: readonly ColourAspect[] = ['brightness', 'contrast', 'saturation', 'hue']

const factor = (strength: number): random.Random<number> => random.uniform(Math.max(0, 1 - strength), 1 + strength)

/** All four changes of colour in a random order (torchvision ColorJitter). */
const jitter = ({ brightness, contrast, saturation, hue }: ViewOptions): random.Random<readonly ColourChange[]> => {
  const amounts = random.fields<Record<ColourAspect, number>>({
    brightness: factor(brightness),
    contrast: factor(contrast),
    saturation: factor(saturation),
    hue: random.uniform(-hue, hue),
  })
  return key => {
    const drawn = amounts(key)
    const order = random.permutation(random.fold(key, 'order'), aspects.length)
    return Array.from(order, place => ({ aspect: aspects[place], amount: drawn[aspects[place]] }))
  }
}

/** How often views are blurred: as the paper says, and as DINOv2's code does (facebookresearch/dinov2 pull 411). */
const blurProbabilities: Readonly<Record<ViewOptions['blurred'], Readonly<Record<ViewKind, number>>>> = {
  published: { firstGlobal: 1, secondGlobal: 0.1, local: 0.5 },
  inverted: { firstGlobal: 0, secondGlobal: 0.9, local: 0.5 },
}

/** Blur to three deviations. */
const withBlur =
  (sigma: number) =>
  (picture: Picture): Picture =>
    resample(gaussianBlur(picture, sigma, Math.ceil(3 * sigma)))(picture)

/** Values from here on are inverted (torchvision's threshold of 128 of 255). */
const solariseThreshold = 128 / 255

/** The changes, in the order in which they are done. */
export const changes = {
  /** Changes of colour in order; none where the view keeps its colours. */
  jitter: change<readonly ColourChange[]>(
    options => sometimes(options.jitter, jitter(options), []),
    drawn => picture => drawn.reduce((view, { aspect, amount }) => changeColour[aspect](amount)(view), picture),
  ),
  /** Whether the view is grey. */
  grey: change(
    options => random.chance(options.grey),
    drawn => (drawn ? grey : same),
  ),
  /** Deviation of the blur in pixels of the view; 0 for none. */
  blur: change<number>(
    ({ blur: [low, high], blurred }, kind) => sometimes(blurProbabilities[blurred][kind], random.uniform(low, high), 0),
    sigma => (sigma > 0 ? withBlur(sigma) : same),
  ),
  /** The threshold from which values are inverted; undefined for never. */
  solarise: change<number | undefined>(
    (options, kind) => sometimes(kind === 'secondGlobal' ? options.solarise : 0, () => solariseThreshold, undefined),
    threshold => (threshold === undefined ? same : solarise(threshold)),
  ),
} as const

/** Each change as it was drawn. */
export type DrawnChanges = {
  readonly [N in keyof typeof changes]: (typeof changes)[N] extends Change<infer T> ? T : never
}

type ChangeName = keyof DrawnChanges

const table: { readonly [N in ChangeName]: Change<DrawnChanges[N]> } = changes
const names = Object.keys(changes) as readonly ChangeName[]

/** How each change is drawn for a view of that kind. */
export const drawChanges = (options: ViewOptions, kind: ViewKind) =>
  Object.fromEntries(names.map(name => [name, table[name].draw(options, kind)])) as {
    readonly [N in ChangeName]: random.Random<DrawnChanges[N]>
  }

const applied = <N extends ChangeName>(name: N, drawn: DrawnChanges): ((picture: Picture) => Picture) =>
  table[name].apply(drawn[name])

/** The drawn changes, done to a picture in order. */
export const applyChanges =
  (drawn: DrawnChanges) =>
  (picture: Picture): Picture =>
    names.reduce((view, name) => applied(name, drawn)(view), picture)
