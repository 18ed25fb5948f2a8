// Random graphs that are wide: each input has one more axis, of more elements than a workgroup has threads or than a
// row of a texture has places. Axes have names, so that a graph of rows is a graph of pages of rows as it stands; the
// new axis is the slowest of an input in one half of them and the fastest in the other.

import * as fc from 'fast-check'
import { input } from '../../lib/language/expression.ts'
import { rewriteAll } from '../../lib/language/walk.ts'
import { keyOf, uniforms } from '../../lib/tree/random.ts'
import type { Sample } from './graph-shrink.ts'
import { graphs } from './graphs.ts'

/** The axis that is added. */
const wide = 'wide'

/** Where it stands in memory. */
type Place = 'slowest' | 'fastest'

/** Inputs are drawn anew: uniform numbers between the least and the largest of the small graph's. */
const widened = ({ roots, bindings }: Sample, size: number, place: Place): Sample => {
  const wider = rewriteAll(roots, node => {
    if (node.kind !== 'input') return node
    return input(node.name, place === 'slowest' ? { [wide]: size, ...node.shape } : { ...node.shape, [wide]: size })
  })
  const data = (values: Float64Array, at: number): Float64Array => {
    const [least, most] = [Math.min(...values), Math.max(...values)]
    const draws = uniforms(keyOf(at), values.length * size)
    return Float64Array.from(draws, draw => Math.fround(least + draw * (most - least)))
  }
  return {
    roots: wider,
    bindings: new Map([...bindings].map(([name, values], at) => [name, data(values, at)] as const)),
  }
}

/** Wide graphs of at most `most` steps, with one axis of more than 64 elements or of more than 4,096. */
export const wideGraphs = (most: number): fc.Arbitrary<Sample> =>
  fc
    .tuple(graphs('real', most), fc.constantFrom(65, 127, 4097, 5000), fc.constantFrom<Place>('slowest', 'fastest'))
    .map(([sample, size, place]) => widened(sample, size, place))
