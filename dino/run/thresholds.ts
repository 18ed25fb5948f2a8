// The numbers by which a run is told to be sick: data, each with its reason. They were measured on small trainings on
// scenes, and are checked by `props/train/diagnosis.test.ts`.

/**
 * Where the signs begin, in nats where they are entropies. Each number stands between what was measured on scenes in
 * trainings that collapse and in healthy ones.
 */
export const thresholds = {
  /** From 0: without centring the entropy of the mean is 1e-14 to 0.01; a healthy one leaves 0.05 in its warm-up. */
  single: 0.05,
  /** From ln K: without sharpening 0.002; a healthy run of few steps comes to 0.07. */
  uniform: 0.02,
  /** Collapsed: 0.0005 to 0.005; healthy: above 0.04. */
  divergence: 0.01,
  /** How much the teacher's classes tell of an image. Without a slow teacher: 0.0001 to 0.007; healthy: above 0.03. */
  information: 0.01,
  /** Of ln K, where a loss begins that nothing was learned of. */
  loss: 0.01,
  /** Gradients in parts of those that were usual before, which differ by ten in a healthy run. */
  growth: 100,
  /** Of the parameters' length: ten such steps replace them. A healthy step moves a thousandth. */
  move: 0.1,
  /** Of the untrained network's rank. Without a slow teacher: 0.26; healthy: above 0.5. */
  rank: 0.3,
  /** The share of a run after which it is past its warm-up, where all runs look alike. */
  settled: 0.2,
  /** A sign must last this share of the run, and at least so many steps. */
  lasting: { share: 0.05, steps: 20 },
  /** So many long gradients in a row are no accident. */
  inARow: 5,
} as const
