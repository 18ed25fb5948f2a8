// How a vision transformer sees, beside its parameters: a parameter tree does not say how its position embedding is
// resized, nor at which base its rotary positions turn. Whoever applies a transformer gives its form, so that no
// convention is mixed in unseen.
//
//   { resizing: { offset: 0.1, antialias: false } }      DINO

import { type Resizing, resizings } from './position.ts'
import type { Rotary } from './rotary.ts'

/** All of a transformer that is no parameter. */
export interface VitForm {
  /** How learned positions are resized. */
  readonly resizing: Resizing
  /** Rotary positions, if it has them. */
  readonly rotary?: Rotary
}

/** The ways in which tokens are told where they are. */
export const positionKinds = ['learned', 'rotary'] as const

/** How tokens are told where they are: by a learned embedding, or by rotary positions (DINOv3). */
export type PositionKind = (typeof positionKinds)[number]

/** The options of a form. */
export interface FormOptions {
  readonly positions: PositionKind
  readonly positionOffset: number
  readonly positionAntialias: boolean
  readonly rotaryBase: number
}

/** The form of so configured transformers. */
export const formOf = ({ positions, positionOffset, positionAntialias, rotaryBase }: FormOptions): VitForm => ({
  resizing: { offset: positionOffset, antialias: positionAntialias },
  ...(positions === 'rotary' ? { rotary: { base: rotaryBase } } : {}),
})

/** The form of DINO's transformers, and of DINOv2's first ones. */
export const dinoForm: VitForm = { resizing: resizings.dino }
