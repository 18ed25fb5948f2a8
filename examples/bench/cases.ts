// What is measured: contractions of the shapes that vision transformers are made of, and whole DINO training steps of
// two sizes. Every competitor is given the same cases, and the same numbers to begin with.

import { type Configuration, changed } from '../../dino/run/configuration.ts'
import { presetOf } from '../../dino/run/presets.ts'

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

/** Multiplications and additions. */
export const operationsOf = ({ batch, rows, inner, columns }: Contraction): number => 2 * batch * rows * inner * columns

/** What both sizes share. Schedules do not matter: the rates of every step are given in `start.ts`. */
const common = changed(presetOf('scenes'), {
  model: {
    backbone: { patchSize: 4, mlpRatio: 4, dropPath: 0 },
    head: { layers: 3, normLastLayer: true },
    initialDeviation: 0.02,
  },
  objective: { pairing: 'other views', studentTemperature: 0.1, centreMomentum: 0.9 },
  optimiser: { clip: 3, clipping: 'each' },
  run: { seed: 1 },
})

/** The DINO steps by name: two global views and some local ones of half their size. */
export const steps = {
  small: changed(common, {
    model: {
      backbone: { imageSize: 16, features: 64, depth: 4, heads: 4 },
      head: { hidden: 256, bottleneck: 64, prototypes: 256 },
    },
    views: { localSize: 8, localViews: 2 },
    run: { batch: 32 },
  }),
  base: changed(common, {
    model: {
      backbone: { imageSize: 32, features: 192, depth: 6, heads: 3 },
      head: { hidden: 2048, bottleneck: 256, prototypes: 4096 },
    },
    views: { localSize: 16, localViews: 4 },
    run: { batch: 16 },
  }),
} as const satisfies Readonly<Record<string, Configuration>>
export type StepName = keyof typeof steps

/** The steps whose compilation is timed by name: those above, and what a first training on small pictures runs. */
export const startups: Readonly<Record<StepName | 'cifar-tiny', Configuration>> = {
  ...steps,
  'cifar-tiny': presetOf('cifar-tiny'),
}
export type StartupName = keyof typeof startups

/** The names, in the order of the table. */
export const contractionNames = Object.keys(contractions) as readonly ContractionName[]
export const stepNames = Object.keys(steps) as readonly StepName[]
export const startupNames = Object.keys(startups) as readonly StartupName[]
