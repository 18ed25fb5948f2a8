// The DINO loss (Caron et al. 2021, section 3.1 and algorithm 1): the cross-entropy between what the teacher says of the global
// views, centred and sharpened, and what the student says of every view. Pairing each teacher view with each student view is
// one contraction, and "not the same view" is one mask.

import {
  add,
  array,
  constant,
  dot,
  log,
  logSoftmax,
  maximum,
  mean,
  mul,
  neg,
  norm,
  normalise,
  reject,
  replacing,
  type Scalar,
  scale,
  sizeOf,
  softmax,
  sqrt,
  stopGradient,
  sub,
  sum,
  type Temperature,
  type Tensor,
  variance,
} from '../../lib/index.ts'

/** Logits of the student for every view, the global views first. */
export type StudentLogits = Tensor<'view' | 'batch' | 'prototype'>
/** Logits of the teacher for the global views. */
export type TeacherLogits = Tensor<'global' | 'batch' | 'prototype'>
/** The running mean of the teacher's logits. */
export type Centre = Tensor<'prototype'>

/** Which pairs of a teacher view and a student view count: all, as in the tutorial, or all but a view with itself. */
export type Pairing = 'all' | 'other views'

/** How sharp the two distributions are. The teacher's temperature is below the student's: sharpening. */
export interface Temperatures {
  readonly student: Temperature
  readonly teacher: Temperature
}

/** The teacher's distribution over prototypes: centred, sharpened, and a constant for the gradient. */
export const target = (
  teacher: TeacherLogits,
  centre: Centre,
  temperature: Temperature,
): Tensor<'global' | 'batch' | 'prototype'> => stopGradient(softmax('prototype', temperature)(sub(teacher, centre)))

/** -sum over prototypes of P log Q, for each image and each pair of a teacher view and a student view. */
export const crossEntropy = (
  targets: Tensor<'global' | 'batch' | 'prototype'>,
  logProbability: Tensor<'view' | 'batch' | 'prototype'>,
): Tensor<'global' | 'view' | 'batch'> => neg(dot('prototype')(targets, logProbability))

/** How many pairs count. */
export const pairCount = (pairing: Pairing, globals: number, views: number): number =>
  globals * views - (pairing === 'all' ? 0 : Math.min(globals, views))

/** 1 for the pairs that count, 0 for a view with itself if those are left out. */
const pairMask = (pairing: Pairing, globals: number, views: number): Tensor<'global' | 'view'> => {
  const counts = Array.from({ length: globals * views }, (_, pair) =>
    pairing === 'other views' && Math.floor(pair / views) === pair % views ? 0 : 1,
  )
  return array({ global: globals, view: views }, counts)
}

/** The mean cross-entropy over the pairs that count and the batch. No such pair is a fault of the graph. */
export const dinoLoss =
  ({ student: studentTemperature, teacher: teacherTemperature }: Temperatures, pairing: Pairing = 'other views') =>
  (student: StudentLogits, teacher: TeacherLogits, centre: Centre): Scalar => {
    const [globals, views] = [sizeOf('global', teacher), sizeOf('view', student)]
    const pairs = pairCount(pairing, globals, views)
    const entropies = crossEntropy(
      target(teacher, centre, teacherTemperature),
      logSoftmax('prototype', studentTemperature)(student),
    )
    const counted = mul(mean('batch')(entropies), pairMask(pairing, globals, views))
    const loss = scale(1 / Math.max(pairs, 1))(sum('global', 'view')(counted))
    return pairs > 0 ? loss : reject('dino loss', 'view', 'a view to pair with each global view', `${views}`)(loss)
  }

/** The next centre: momentum times the centre plus the rest of the mean of the teacher's raw logits (equation 4). */
export const updateCentre =
  (momentum: number) =>
  (centre: Centre, teacher: TeacherLogits): Centre =>
    add(scale(momentum)(centre), scale(1 - momentum)(mean('global', 'batch')(teacher)))

/** -sum of p log p over prototypes, 0 where p is 0. */
export const entropy = replacing<'prototype', never>(probability =>
  neg(sum('prototype')(mul(probability, log(maximum(probability, constant(1e-30)))))),
)

/** What shows a collapse, as scalars; see `collapseMetrics`. */
export interface CollapseMetrics {
  readonly teacherEntropy: Scalar
  readonly meanEntropy: Scalar
  readonly divergence: Scalar
  readonly centreNorm: Scalar
  readonly spread: Scalar
}

/**
 * Signs of health (section 5.3): the teacher's mean entropy, in [0, ln K], which goes to 0 without centring and to ln K
 * without sharpening; the entropy of its mean distribution over the batch, at least that; the divergence of student from
 * teacher, the loss less the teacher's entropy; the centre's length; the spread of the teacher's normalised features.
 */
export const collapseMetrics = (
  loss: Scalar,
  teacher: TeacherLogits,
  centre: Centre,
  feature: Tensor<'global' | 'batch' | 'feature'>,
  temperature: Temperature,
): CollapseMetrics => {
  const targets = target(teacher, centre, temperature)
  const teacherEntropy = mean('global', 'batch')(entropy(targets))
  const unit = normalise('feature')(feature)
  return {
    teacherEntropy,
    meanEntropy: entropy(mean('global', 'batch')(targets)),
    divergence: sub(loss, teacherEntropy),
    centreNorm: norm('prototype')(centre),
    spread: mean('feature', 'global')(sqrt(variance('batch')(unit))),
  }
}
