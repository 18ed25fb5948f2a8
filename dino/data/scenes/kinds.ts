// The kinds of things that scenes show, one for each class: a kind has a shape and a surface of its own. Colours,
// sizes, places and light say nothing about the kind.
//
//   { shape: 'ring', pattern: 'stripes', scale: 1.2 }

import type { ShapeName } from './shapes.ts'
import type { PatternName } from './textures.ts'

/** The properties that all things of a kind share. */
export interface Kind {
  readonly shape: ShapeName
  readonly pattern: PatternName
  /** How often the pattern repeats in the radius of the thing. */
  readonly scale: number
}

/** The kinds, in the order of their classes. */
export const kinds: readonly Kind[] = [
  { shape: 'disc', pattern: 'plain', scale: 1 },
  { shape: 'ring', pattern: 'stripes', scale: 1.2 },
  { shape: 'square', pattern: 'stripes', scale: 2.4 },
  { shape: 'triangle', pattern: 'checks', scale: 0.8 },
  { shape: 'star', pattern: 'checks', scale: 1.6 },
  { shape: 'cross', pattern: 'dots', scale: 1.2 },
  { shape: 'crescent', pattern: 'dots', scale: 2.2 },
  { shape: 'heart', pattern: 'ripples', scale: 1.2 },
  { shape: 'arrow', pattern: 'ripples', scale: 2.4 },
  { shape: 'hourglass', pattern: 'grain', scale: 2.5 },
]
