// The border between a training step and the loss that it makes small. A step shows a batch to two networks. An
// objective is given their outputs, and returns named terms, whose sum is the loss, a state that it is given again in
// the next step, and numbers to report. It may use any outputs and parameters of the networks (heads, class and patch
// tokens) and the views themselves; a value that it does not use is never computed. In one step DINO returns
//
//   { terms: { dino: 4.47 }, state: { centre }, metrics: { teacherEntropy: 4.31, divergence: 0.17, ... } }

import type { As, Scalar } from '../../lib/index.ts'
import type { Image, Masks, Vit, VitOutput } from '../model/vit.ts'

/** Views of a batch of images. Masks are for the student alone; the teacher sees everything. */
export interface Batch {
  readonly global: Image<'global' | 'batch'>
  readonly local?: Image<'local' | 'batch'>
  readonly globalMasks?: Masks<'global' | 'batch'>
  readonly localMasks?: Masks<'local' | 'batch'>
}

/** A network that a step can train: a backbone, and beside it whatever its objective needs, such as heads. */
export interface Backboned {
  readonly backbone: Vit
}

/** A network, with its backbone's outputs for the views that it was shown; a teacher is shown no local views. */
export interface Shown<N> {
  readonly network: N
  readonly global: VitOutput<'global' | 'batch'>
  readonly local?: VitOutput<'local' | 'batch'>
}

/** All that an objective is given of a step. Gradients are taken with respect to the student. */
export interface Seen<N> {
  readonly batch: Batch
  readonly student: Shown<N>
  readonly teacher: Shown<N>
}

/** The results of an objective in one step: its state is of the form `S`, its metrics have the names `M`. */
export interface Applied<S, M extends string> {
  /** The terms whose sum is the loss, by name. */
  readonly terms: Readonly<Record<string, Scalar>>
  /** Its state for the next step. */
  readonly state: S
  readonly metrics: Readonly<Record<M, Scalar>>
}

/** An objective of networks that have at least `N`; of each step's schedules it reads those with the names `I`. */
export interface Objective<N, S extends object, I extends string, M extends string> {
  /** Its state before the first step, when teacher and student are both `network`. */
  readonly initial: (network: As<'dense', N>) => As<'dense', S>
  readonly apply: (seen: Seen<N>, state: S, scheduled: Readonly<Record<I, Scalar>>) => Applied<S, M>
}
