// How far parameters move: a number to judge a learning rate by, for a healthy step moves them by about a thousandth of
// their length. It is taken on the host, of the parameters before and after a step.
//
//   [3, 4] to [3, 4.5]        moves by 0.5, which is 0.1 of the length 5

import { type As, trees } from '../../lib/index.ts'

const lengthOf = (values: readonly Float64Array[]): number =>
  Math.sqrt(values.reduce((total, leaf) => total + leaf.reduce((sum, value) => sum + value * value, 0), 0))

const leavesIn = (tree: object): readonly Float64Array[] =>
  trees.leavesOf<'dense'>(tree).map(([, { data }]) => Float64Array.from(data))

/** The Euclidean length of the way from one tree to another of its form, in parts of the length of the first. */
export const relativeMove = <T extends object>(from: As<'dense', T>, to: As<'dense', T>): number => {
  const [before, after] = [leavesIn(from), leavesIn(to)]
  const moves = after.map((leaf, at) => leaf.map((value, index) => value - before[at][index]))
  return lengthOf(moves) / lengthOf(before)
}
