// What every competitor begins with: the matrices of a contraction, and the networks, views and rates of a DINO step,
// as plain arrays. Weights come as they are multiplied from the right, [from, to], so that no library need know of
// named axes.

import { network } from '../../dino/model/network.ts'
import { cubicWeights, type Grid } from '../../dino/model/position.ts'
import type { Configuration } from '../../dino/run/configuration.ts'
import { initialState } from '../../dino/run/initial.ts'
import type { Said } from '../../dino/run/input.ts'
import { optimiserOf } from '../../dino/run/recipe.ts'
import { dinoGroups } from '../../dino/step/parameter-groups.ts'
import type { ScheduledValues } from '../../dino/step/step-options.ts'
import { type Dense, dense, initialisers, random, trees } from '../../lib/index.ts'
import type { Contraction } from './cases.ts'

/** An array in row-major order. */
export interface Plain {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

const uniform = (seed: number, count: number): Float32Array =>
  Float32Array.from(random.uniforms(random.keyOf(seed), count), value => 2 * value - 1)

/** The operands of a contraction: numbers in [-1, 1). */
export const operandsOf = ({
  batch,
  rows,
  inner,
  columns,
}: Contraction): { readonly left: Plain; readonly right: Plain } => ({
  left: { shape: [batch, rows, inner], data: uniform(1, batch * rows * inner) },
  right: { shape: [batch, inner, columns], data: uniform(2, batch * inner * columns) },
})

/** Random views with the mean and deviation of normalised images. */
export const viewsOf = ({ run: { batch }, model, views: { localSize, localViews } }: Configuration) => {
  const view = (name: string, views: number, size: number): Float32Array =>
    Float32Array.from(random.normals(random.fold(random.keyOf(3), name), views * batch * 3 * size * size))
  const shape = (size: number) => ({ batch, colour: 3, row: size, column: size })
  const { imageSize } = model.backbone
  return {
    global: dense({ global: 2, ...shape(imageSize) }, view('global', 2, imageSize)),
    local: dense({ local: localViews, ...shape(localSize) }, view('local', localViews, localSize)),
  }
}

/** What every step is told. */
export const scheduled: ScheduledValues = {
  learningRate: 0.0005,
  weightDecay: 0.04,
  teacherMomentum: 0.996,
  teacherTemperature: 0.04,
}

/** What this project's step is told: that, and the optimiser's clocks. */
export const ratesAt =
  (configuration: Configuration) =>
  (step: number): Said => ({ scheduled, clocks: optimiserOf(configuration, 1).clocks(step) })

/** The rates of Adam that the public code and this project share. */
export const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const

const plainLeaf = <A extends string>(path: string, { sizes, data }: Dense<A>): Plain => {
  const lengths: readonly number[] = Object.values(sizes)
  const matrix = path.endsWith('weight') && lengths.length > 1
  const columns = path.endsWith('project.weight') ? data.length / lengths[0] : lengths[lengths.length - 1]
  const shape = path.endsWith('project.bias') ? [data.length] : matrix ? [data.length / columns, columns] : lengths
  return { shape, data: Float32Array.from(data) }
}

/** What the positions of the global views are multiplied by, from the left, to be those of the local ones. */
const resizeMatrix = (from: Grid, to: Grid): Plain => {
  const weights = (old: number, fresh: number) => cubicWeights(old, fresh, (fresh + 0.1) / old)
  const [rows, columns] = [weights(from.rows, to.rows), weights(from.columns, to.columns)]
  const shape = [1 + to.rows * to.columns, 1 + from.rows * from.columns]
  const data = Float32Array.from({ length: shape[0] * shape[1] }, (_, at) => {
    const [target, source] = [Math.floor(at / shape[1]) - 1, (at % shape[1]) - 1]
    if (target < 0 || source < 0) return target === source ? 1 : 0
    const row = rows[Math.floor(target / to.columns) * from.rows + Math.floor(source / from.columns)]
    return row * columns[(target % to.columns) * from.columns + (source % from.columns)]
  })
  return { shape, data }
}

/** The beginning of a step. */
export interface Start {
  readonly configuration: Configuration
  /** The student's parameters by path; the teacher begins with the same. */
  readonly parameters: Readonly<Record<string, Plain>>
  /**
   * What of each trained parameter's own size is taken from it at a turn, before the learning rate; the others stay.
   */
  readonly decay: Readonly<Record<string, number>>
  /** Views as [view, batch, colour, row, column]. */
  readonly global: Plain
  readonly local: Plain
  readonly resize: Plain
}

const plainView = <A extends string>({ sizes, data }: Dense<A>): Plain => ({
  shape: Object.values(sizes),
  data: Float32Array.from(data),
})

const grid = (size: number, patchSize: number): Grid => ({ rows: size / patchSize, columns: size / patchSize })

/** The weight decay of each parameter that is trained: the gains of the prototypes are not. */
const decayOf = (configuration: Configuration): Start['decay'] => {
  const groupOf = dinoGroups({ normLastLayer: configuration.model.head.normLastLayer, frozenSteps: 0 })
  const groups = initialisers
    .partsOf(network(configuration.model))
    .map(([path, part]) => [path, groupOf(part)] as const)
  return Object.fromEntries(
    groups
      .filter(([, { frozenFor }]) => Number.isFinite(frozenFor))
      .map(([path, { weightDecayFactor }]) => [path, weightDecayFactor * scheduled.weightDecay]),
  )
}

/** The beginning of the step that a configuration describes. */
export const startOf = (configuration: Configuration): Start => {
  const { imageSize, patchSize } = configuration.model.backbone
  const { localSize } = configuration.views
  const student: object = initialState(configuration).student
  const { global, local } = viewsOf(configuration)
  return {
    configuration,
    parameters: Object.fromEntries(
      trees.leavesOf<'dense'>(student).map(([path, leaf]) => [path, plainLeaf(path, leaf)]),
    ),
    decay: decayOf(configuration),
    global: plainView(global),
    local: plainView(local),
    resize: resizeMatrix(grid(imageSize, patchSize), grid(localSize, patchSize)),
  }
}
