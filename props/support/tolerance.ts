// Closed tolerances: how far rounding may move a result, from its size and its condition. Each is a formula of the
// theory with its constants written out, never a number that was tuned until a test passed. `unit` is the unit roundoff
// of the arithmetic.

/** Unit roundoff of float64: half the distance from 1 to the next number. */
export const unit64 = 2 ** -53
/** Unit roundoff of float32. */
export const unit32 = 2 ** -24

/** The relative error of n roundings in a row: n u / (1 - n u) (Higham 2002, lemma 3.1). */
export const gamma = (roundings: number, unit = unit64): number => (roundings * unit) / (1 - roundings * unit)

/** Of a softmax's relative and a log-softmax's absolute error: K classes, logits over temperature at most `largest`. */
export const softmaxTolerance = (largest: number, classes: number, unit = unit64): number =>
  unit * (4 * largest + classes + 8)

/** What the cross-entropy of a softmax target and a log-softmax depends on. */
export interface CrossEntropyCondition {
  /** Largest student logit over the student's temperature. */
  readonly student: number
  /** Largest teacher logit plus largest centre, over the teacher's temperature. */
  readonly teacher: number
  readonly prototypes: number
  /** Terms that are summed in all. */
  readonly terms: number
  readonly value: number
}

/** The absolute error of a DINO loss. */
export const lossTolerance = (
  { student, teacher, prototypes, terms, value }: CrossEntropyCondition,
  unit = unit64,
): number =>
  softmaxTolerance(student, prototypes, unit) +
  unit * (4 * teacher + 2 * prototypes + 8 + terms) * (Math.abs(value) + 1)

/**
 * The absolute error of the DINO loss's gradient at one student logit; it scales with the gradient, which is the point.
 */
export const logitGradientTolerance = (
  condition: CrossEntropyCondition,
  {
    views,
    globals,
    temperature,
    batch,
    pairs,
  }: Record<'views' | 'globals' | 'temperature' | 'batch' | 'pairs', number>,
  unit = unit64,
): number => {
  const { student, teacher, prototypes } = condition
  const relative = softmaxTolerance(student, prototypes, unit) + softmaxTolerance(teacher, prototypes, unit)
  return ((relative + unit * (2 * views + 8)) * globals) / (temperature * batch * pairs)
}

/** The error of a moving average of values of sizes `old` and `fresh`, the latter a mean of `count`. */
export const averageTolerance = (old: number, fresh: number, count = 1, unit = unit64): number =>
  unit * (6 + count) * (old + fresh)

/** The error of a layer norm without scale: `largest` entry over n of the row's deviation. */
export const layerNormTolerance = (count: number, largest: number, deviation: number, unit = unit64): number =>
  unit * (8 * count + 16) * (1 + largest / deviation)

/** The largest size in a list; 0 of none. */
export const largest = (values: ArrayLike<number>): number => {
  let most = 0
  for (let at = 0; at < values.length; at += 1) most = Math.max(most, Math.abs(values[at]))
  return most
}
