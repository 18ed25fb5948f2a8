// Models with random parameters, for laws: every parameter is drawn, those too that training begins at 0 or at 1, so
// that no part of a model is idle. Norms are drawn about 1.

import { type As, array, compiler, dense, random, type Sizes, trees } from '../../lib/index.ts'
import { type Given, given } from './tensors.ts'

const deviation = 0.5

const drawnData = (seed: number, path: string, sizes: Sizes): Float32Array => {
  const middle = /norm\d?\.weight$/.test(path) ? 1 : 0
  const values = random.normals(random.fold(random.keyOf(seed), path), compiler.elements(sizes))
  return Float32Array.from(values, value => middle + deviation * value)
}

/** The parameters of a model, drawn from a seed: values on the host. */
export const drawnValues = <T extends object>(seed: number, tree: T): As<'dense', T> =>
  trees.mapTree<'initialiser', 'dense'>(({ sizes }, path) => dense(sizes, drawnData(seed, path, sizes)))(tree)

/** The same as tensors. */
export const drawnParameters = <T extends object>(seed: number, tree: T): As<'tensor', T> =>
  trees.mapTree<'initialiser', 'tensor'>(({ sizes }, path) => array(sizes, drawnData(seed, path, sizes)))(tree)

/** An image of so many pixels, square if not said otherwise. */
export const drawnImage = (seed: number, rows: number, columns = rows): Given<'colour' | 'row' | 'column'> =>
  given(
    { colour: 3, row: rows, column: columns },
    random.normals(random.fold(random.keyOf(seed), 'image'), 3 * rows * columns),
  )
