// The numbers that every competitor begins with, as plain arrays: the operands of a contraction; the networks and the
// views of a DINO step. Weights are [from, to], to be multiplied from the right, so that no library need know of named
// axes; `backbone.blocks.0.mlp.up.weight` of the small step has the shape 64 x 256.

import { network } from '../../../dino/model/network.ts'
import { resizePosition, resizings } from '../../../dino/model/position.ts'
import { initialState } from '../../../dino/run/initial.ts'
import { dinoGroups } from '../../../dino/step/parameter-groups.ts'
import { array, compiler, type Dense, dense, initialisers, random, trees } from '../../../lib/index.ts'
import type { Contraction, StepCase } from './cases.ts'
import { configurationOf } from './own-configuration.ts'

/** An array in row-major order. */
export interface Plain {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

const uniform = (seed: number, ...shape: readonly number[]): Plain => {
  const count = shape.reduce((product, size) => product * size)
  const draws = random.uniforms(random.keyOf(seed), count)
  return { shape, data: Float32Array.from(draws, value => 2 * value - 1) }
}

/** The operands of a contraction: numbers in [-1, 1). */
export const operandsOf = ({ batch, rows, inner, columns }: Contraction) => ({
  left: uniform(1, batch, rows, inner),
  right: uniform(2, batch, inner, columns),
})

/** Random views, [view, batch, colour, row, column], with the mean and deviation of normalised images. */
export const viewsOf = ({ batch, imageSize, localSize, localViews }: StepCase) => {
  const noise = (name: string, views: number, size: number): Float32Array =>
    Float32Array.from(random.normals(random.fold(random.keyOf(3), name), views * batch * 3 * size * size))
  const image = (size: number) => ({ batch, colour: 3, row: size, column: size })
  return {
    global: dense({ global: 2, ...image(imageSize) }, noise('global', 2, imageSize)),
    local: dense({ local: localViews, ...image(localSize) }, noise('local', localViews, localSize)),
  }
}

const plain = <A extends string>(
  { sizes, data }: Dense<A>,
  shape: readonly number[] = Object.values(sizes),
): Plain => ({
  shape,
  data: Float32Array.from(data),
})

/** A parameter with at most two axes: those that a weight sums over become the first, the others the second. */
const plainParameter = <A extends string>(path: string, leaf: Dense<A>): Plain => {
  const lengths: readonly number[] = Object.values(leaf.sizes)
  if (path.endsWith('project.bias')) return plain(leaf, [leaf.data.length])
  if (!path.endsWith('weight') || lengths.length < 2) return plain(leaf)
  const columns = path.endsWith('project.weight') ? leaf.data.length / lengths[0] : lengths[lengths.length - 1]
  return plain(leaf, [leaf.data.length / columns, columns])
}

/** The positions of global views, multiplied by this from the left, are those of local views. */
const resizeMatrix = ({ imageSize, localSize, patchSize }: StepCase): Plain => {
  const [from, to] = [imageSize, localSize].map(size => ({ rows: size / patchSize, columns: size / patchSize }))
  const [before, after] = [from, to].map(({ rows, columns }) => 1 + rows * columns)
  const identity = array(
    { token: before, feature: before },
    Float32Array.from({ length: before ** 2 }, (_, at) => (at % (before + 1) === 0 ? 1 : 0)),
  )
  const resized = resizePosition(resizings.dino)(from, to)(identity)
  const [data] = compiler.evaluate([resized.expr], new Map(), [{ token: after, feature: before }])
  return { shape: [after, before], data: Float32Array.from(data) }
}

/** The weight decay of each parameter that is trained: the gains of the prototypes are not. */
const decayOf = (step: StepCase): Beginning['decay'] => {
  const groupOf = dinoGroups({ normLastLayer: true, frozenSteps: 0 })
  const groups = initialisers
    .partsOf(network(configurationOf(step).model))
    .map(([path, part]) => [path, groupOf(part)] as const)
  return Object.fromEntries(
    groups
      .filter(([, { frozenFor }]) => Number.isFinite(frozenFor))
      .map(([path, { weightDecayFactor }]) => [path, weightDecayFactor * step.weightDecay]),
  )
}

/** Everything that a step begins with. */
export interface Beginning {
  readonly step: StepCase
  /** The student's parameters by path; the teacher begins with the same. */
  readonly parameters: Readonly<Record<string, Plain>>
  /** The part of itself, times the learning rate, that each trained parameter loses at a turn; no others change. */
  readonly decay: Readonly<Record<string, number>>
  readonly global: Plain
  readonly local: Plain
  /** The positions of global views, multiplied by this from the left, are those of local views. */
  readonly resize: Plain
}

/** The beginning of a step. */
export const beginningOf = (step: StepCase): Beginning => {
  const student: object = initialState(configurationOf(step)).student
  const { global, local } = viewsOf(step)
  const parameters = trees
    .leavesOf<'dense'>(student)
    .map(([path, leaf]): readonly [string, Plain] => [path, plainParameter(path, leaf)])
  return {
    step,
    parameters: Object.fromEntries(parameters),
    decay: decayOf(step),
    global: plain(global),
    local: plain(local),
    resize: resizeMatrix(step),
  }
}
