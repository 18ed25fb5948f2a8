// The cases: contractions of the shapes that vision transformers are made of, and whole DINO training steps of two
// sizes. Every competitor is given the same cases, and the same numbers to begin with. Steps are told in the words of
// the paper and not in those of this project's configuration, since other libraries, and Python, read them too.

/** A batch of matrix products: [rows, inner] times [inner, columns]. */
export interface Contraction {
  readonly batch: number
  readonly rows: number
  readonly inner: number
  readonly columns: number
}

const square = (size: number): Contraction => ({ batch: 1, rows: size, inner: size, columns: size })

/** The contractions by name. */
export const contractions = {
  '128': square(128),
  '256': square(256),
  '512': square(512),
  '1024': square(1024),
  '2048x192x768': { batch: 1, rows: 2048, inner: 192, columns: 768 },
  '2048x768x192': { batch: 1, rows: 2048, inner: 768, columns: 192 },
  '96x65x64x65': { batch: 96, rows: 65, inner: 64, columns: 65 },
} as const satisfies Readonly<Record<string, Contraction>>
export type ContractionName = keyof typeof contractions

/** Multiplications and additions of a contraction. */
export const operationsOf = ({ batch, rows, inner, columns }: Contraction): number => 2 * batch * rows * inner * columns

/** What all steps share: there are two global views, no schedules, and each gradient is cut on its own. */
const common = {
  patchSize: 4,
  mlpRatio: 4,
  headLayers: 3,
  studentTemperature: 0.1,
  teacherTemperature: 0.04,
  teacherMomentum: 0.996,
  centreMomentum: 0.9,
  learningRate: 0.0005,
  weightDecay: 0.04,
  /** Adam's. */
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  /** The length to which gradients are cut. */
  clip: 3,
} as const

/** What differs from step to step. */
type StepSize = Readonly<
  Record<
    | 'batch'
    | 'imageSize'
    | 'localSize'
    | 'localViews'
    | 'features'
    | 'depth'
    | 'heads'
    | 'headHidden'
    | 'bottleneck'
    | 'prototypes',
    number
  >
>

/** A DINO training step: sizes in images, pixels, features and layers, and the rates that it is taken with. */
export type StepCase = typeof common & StepSize

/** The DINO steps by name: two global views and some local ones of half their size. */
export const steps = {
  small: {
    ...common,
    batch: 32,
    imageSize: 16,
    localSize: 8,
    localViews: 2,
    features: 64,
    depth: 4,
    heads: 4,
    headHidden: 256,
    bottleneck: 64,
    prototypes: 256,
  },
  base: {
    ...common,
    batch: 16,
    imageSize: 32,
    localSize: 16,
    localViews: 4,
    features: 192,
    depth: 6,
    heads: 3,
    headHidden: 2048,
    bottleneck: 256,
    prototypes: 4096,
  },
} as const satisfies Readonly<Record<string, StepCase>>
export type StepName = keyof typeof steps

/** The names, in the order of the table. */
export const contractionNames = Object.keys(contractions) as readonly ContractionName[]
export const stepNames = Object.keys(steps) as readonly StepName[]

/** The steps whose compilation is timed: those above, and that of a first training on small pictures. */
export const startupNames = [...stepNames, 'cifar-tiny'] as const
export type StartupName = (typeof startupNames)[number]
