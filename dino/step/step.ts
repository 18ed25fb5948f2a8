// One step of DINO as a pure function (Caron et al. 2021, algorithm 1): the student sees every view, the teacher the global
// ones; the loss is differentiated, gradients are clipped, AdamW moves the student, the teacher follows, and so does the
// centre. The loss uses the centre of the step before. All state is in `state`; views, masks and rates come in.

import {
  type AdamOptions,
  adamw,
  add,
  clipEach,
  clipTogether,
  concat,
  constant,
  gradient,
  type Moments,
  rename,
  type Scalar,
  type Stepped,
} from '../../lib/index.ts'
import { featureOf, logitsOf, type Network } from '../model/network.ts'
import type { DropMask, Image } from '../model/vit.ts'
import {
  type Centre,
  type CollapseMetrics,
  collapseMetrics,
  dinoLoss,
  type Pairing,
  updateCentre,
} from '../objective/dino.ts'
import { ema } from './teacher.ts'

/** Everything that changes: two networks, the centre, the optimiser's moments and the number of steps done. */
export interface State {
  readonly student: Network
  readonly teacher: Network
  readonly centre: Centre
  readonly moments: Moments<Network>
  readonly step: Scalar
}

/** Global and local views of a batch of images; masks drop branches of the student's blocks. */
export interface Batch {
  readonly global: Image<'global' | 'batch'>
  readonly local?: Image<'local' | 'batch'>
  readonly globalMask?: DropMask<'global' | 'batch'>
  readonly localMask?: DropMask<'local' | 'batch'>
  readonly rates: Rates
}

/** What the schedules say of this step. The last layer has an optimiser clock of its own, for it may be frozen at first. */
export interface Rates {
  readonly learningRate: Scalar
  readonly weightDecay: Scalar
  readonly momentum: Scalar
  readonly teacherTemperature: Scalar
  readonly correction1: Scalar
  readonly correction2: Scalar
  readonly lastLayer: {
    readonly correction1: Scalar
    readonly correction2: Scalar
    /** 1 to train the last layer, 0 to freeze it. */
    readonly active: Scalar
  }
}

/** Gradients are cut to this length: each tensor on its own (DINO) or all together (DINOv2); `none` leaves them. */
export type Clip = { readonly kind: 'each' | 'together'; readonly length: number } | { readonly kind: 'none' }

export interface StepOptions {
  readonly studentTemperature: number
  readonly centreMomentum: number
  readonly pairing: Pairing
  /** Whether the gains of the last layer stay 1. */
  readonly normLastLayer: boolean
  readonly clip: Clip
  readonly adam: AdamOptions
}

/** What a step reports. */
export interface StepMetrics extends CollapseMetrics {
  readonly loss: Scalar
}

const clipped = <T extends object>(clip: Clip, gradients: T): T => {
  if (clip.kind === 'none') return gradients
  return (clip.kind === 'each' ? clipEach : clipTogether)(clip.length)(gradients)
}

/** Biases and norms are not decayed; tokens, positions and gains are, as in the public code. */
export const isDecayed = (path: string): boolean => !/(^|\.)(bias|norm\d?\.\w+)$/.test(path)

/** The layer that is frozen at first: the prototypes. */
export const isLastLayer = (path: string): boolean => path.startsWith('head.prototypes.')

/** Rates of each parameter: no decay for biases and norms, a clock of its own for the last layer, gains frozen if so asked. */
const ratesFor = ({ rates }: Batch, { normLastLayer }: StepOptions) => {
  const { lastLayer } = rates
  return (path: string) => ({
    learningRate: rates.learningRate,
    weightDecay: isDecayed(path) ? rates.weightDecay : constant(0),
    correction1: isLastLayer(path) ? lastLayer.correction1 : rates.correction1,
    correction2: isLastLayer(path) ? lastLayer.correction2 : rates.correction2,
    active:
      normLastLayer && path.endsWith('prototypes.gain')
        ? constant(0)
        : isLastLayer(path)
          ? lastLayer.active
          : constant(1),
  })
}

/** The student's logits for every view, the global ones first. */
const studentLogits = (student: Network, batch: Batch, normLastLayer: boolean) => {
  const globals = rename('global', 'view')(featureOf(student)(batch.global, batch.globalMask))
  const features =
    batch.local === undefined
      ? globals
      : concat('view')(globals, rename('local', 'view')(featureOf(student)(batch.local, batch.localMask)))
  return logitsOf(student, normLastLayer)(features)
}

/** One step: the next state, and what to report of this one. */
export const trainStep =
  (options: StepOptions) =>
  ({ student, teacher, centre, moments, step }: State, batch: Batch): Stepped<State, StepMetrics> => {
    const { normLastLayer } = options
    const temperatures = { student: options.studentTemperature, teacher: batch.rates.teacherTemperature }
    const feature = featureOf(teacher)(batch.global)
    const teacherLogits = logitsOf(teacher, normLastLayer)(feature)
    const loss = dinoLoss(temperatures, options.pairing)(
      studentLogits(student, batch, normLastLayer),
      teacherLogits,
      centre,
    )
    const gradients = clipped(options.clip, gradient(loss, student))
    const next = adamw(options.adam)(ratesFor(batch, options))({ parameters: student, moments }, gradients)
    return {
      state: {
        student: next.parameters,
        teacher: ema(batch.rates.momentum)(teacher, next.parameters),
        centre: updateCentre(options.centreMomentum)(centre, teacherLogits),
        moments: next.moments,
        step: add(step, constant(1)),
      },
      output: { loss, ...collapseMetrics(loss, teacherLogits, centre, feature, temperatures.teacher) },
    }
  }
