// The configuration of a training run: a flat record of everything that can be chosen. Presets are named records, `scenes` the
// one that is taken where none is named. Shares are parts of the whole run, so that a short run has a short warm-up.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  choice,
  flagName,
  number,
  type OptionError,
  onOff,
  range,
  readOptions,
  text,
  type Values,
  whole,
} from '../options/option.ts'

/** Every option of a run. */
export const runOptions = {
  data: text('a folder of images, or "scenes"', 'a folder or "scenes"'),
  seed: whole(0, 2 ** 31, 'what all randomness follows from'),
  epochs: number(0, 100000, 'times that every image is seen'),
  steps: whole(0, 10 ** 9, 'steps in all; 0 takes them from the epochs'),
  batch: whole(1, 65536, 'images in a batch'),
  images: whole(1, 10 ** 7, 'images in the built-in set'),
  saveEvery: whole(0, 10 ** 9, 'steps after which the networks are written again; 0 writes them only at the end'),

  imageSize: whole(4, 1024, 'pixels of a side of a global view'),
  patchSize: whole(1, 64, 'pixels of a side of a patch'),
  features: whole(1, 8192, 'features of a token'),
  depth: whole(1, 64, 'transformer blocks'),
  heads: whole(1, 64, 'attention heads'),
  mlpRatio: number(0.25, 16, 'hidden features of a block for each feature'),
  dropPath: number(0, 0.9, 'probability that the last block of the student drops a branch; earlier blocks less'),
  initialDeviation: number(0, 10, 'deviation of initial weights'),
  headLayers: whole(1, 8, 'layers of the projection head'),
  headHidden: whole(1, 65536, 'hidden features of the head'),
  bottleneck: whole(1, 65536, 'features of the bottleneck of the head'),
  prototypes: whole(2, 10 ** 6, 'prototypes, the classes that the networks make up'),
  normLastLayer: onOff('whether prototypes keep length 1'),

  localViews: whole(0, 64, 'local views of each image'),
  localSize: whole(4, 1024, 'pixels of a side of a local view'),
  globalArea: range(0.01, 1, 'part of the image that a global view shows'),
  localArea: range(0.01, 1, 'part of the image that a local view shows'),
  blur: range(0, 16, 'deviation of the blur in pixels; 0,0 does not blur'),
  flip: number(0, 1, 'probability of a mirrored view'),
  jitter: number(0, 1, 'probability that the colours of a view are changed'),
  brightness: number(0, 10, 'how much brightness is changed: factors from 1 - this to 1 + this'),
  contrast: number(0, 10, 'how much contrast is changed'),
  saturation: number(0, 10, 'how much saturation is changed'),
  hue: number(0, 0.5, 'how far the hue is turned, as a part of the circle'),
  grey: number(0, 1, 'probability of a grey view'),
  solarise: number(0, 1, 'probability that the second global view is solarised'),
  pairing: choice(['other views', 'all'], 'whether a global view is also compared with itself'),

  studentTemperature: number(0.001, 10, "the student's temperature"),
  teacherTemperature: number(0.001, 10, "the teacher's temperature after the warm-up"),
  warmTeacherTemperature: number(0.001, 10, "the teacher's temperature at first"),
  teacherTemperatureWarmup: number(0, 1, 'share of the run in which it changes'),
  centreMomentum: number(0, 1, 'how much of the centre stays at each step; 1 does not centre'),
  teacherMomentum: number(0, 1, 'how much of the teacher stays at the first step'),
  finalTeacherMomentum: number(0, 1, 'how much of the teacher stays at the last step'),

  learningRate: number(0, 10, 'learning rate for a batch of 256, reached after the warm-up'),
  finalLearningRate: number(0, 10, 'learning rate at the end'),
  learningRateWarmup: number(0, 1, 'share of the run in which it rises'),
  weightDecay: number(0, 10, 'weight decay at first'),
  finalWeightDecay: number(0, 10, 'weight decay at the end'),
  beta1: number(0, 0.9999, "how much of Adam's mean of the gradient stays at each step"),
  beta2: number(0, 0.999999, "how much of Adam's mean of its square stays"),
  epsilon: number(1e-20, 1, "what is added to the root of Adam's mean square"),
  clip: number(0, 10 ** 6, 'length to which gradients are cut; 0 does not cut'),
  clipping: choice(['each', 'together'], 'whether each tensor is cut on its own, or all together'),
  freezeLastLayer: number(0, 1, 'share of the run in which the prototypes stay as they are'),
} as const

/** Everything that a run needs to know. */
export type Configuration = Values<typeof runOptions>

/** What the options must be to each other. */
const conflicts: readonly (readonly [
  name: keyof Configuration,
  allowed: (configuration: Configuration) => string,
  fits: (configuration: Configuration) => boolean,
])[] = [
  ['heads', ({ features }) => `a divisor of features (${features})`, ({ features, heads }) => features % heads === 0],
  [
    'patchSize',
    ({ imageSize }) => `a divisor of image-size (${imageSize})`,
    ({ imageSize, patchSize }) => imageSize % patchSize === 0,
  ],
  [
    'localSize',
    ({ patchSize }) => `a multiple of patch-size (${patchSize})`,
    ({ localSize, patchSize, localViews }) => localViews === 0 || localSize % patchSize === 0,
  ],
]

/** A configuration with some values of one's own, checked one by one and against each other. */
export const configure = (
  base: Configuration,
  given: Readonly<Record<string, unknown>>,
): E.Either<OptionError, Configuration> =>
  pipe(
    readOptions(runOptions)(given),
    E.map((own): Configuration => ({ ...base, ...own })),
    E.chain(configuration => {
      const conflict = conflicts.find(([, , fits]) => !fits(configuration))
      if (conflict === undefined) return E.right(configuration)
      const [name, allowed] = conflict
      const came = JSON.stringify(configuration[name])
      return E.left({ kind: 'option', option: flagName(name), allowed: allowed(configuration), came } as const)
    }),
  )
