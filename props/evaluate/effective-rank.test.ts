// The effective rank of features, and the eigenvalues that it is made of.

import { effectiveRank } from '../../dino/evaluate/effective-rank.ts'
import { symmetricEigen } from '../../dino/evaluate/eigen.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { mostNumbers, nearNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { numbers } from '../support/tensors.ts'

const matrices = problem({
  dims: { row: [1, 7], column: [1, 7] },
  tensors: { x: reals('row', 'column') },
})

interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: ArrayLike<number>
}

const entry = ({ columns, data }: Matrix, row: number, column: number): number => data[row * columns + column]

const build = (rows: number, columns: number, of: (row: number, column: number) => number): Matrix => ({
  rows,
  columns,
  data: Float64Array.from({ length: rows * columns }, (_, at) => of(Math.floor(at / columns), at % columns)),
})

const transposed = (x: Matrix): Matrix => build(x.columns, x.rows, (row, column) => entry(x, column, row))

const product = (x: Matrix, y: Matrix): Matrix =>
  build(x.rows, y.columns, (row, column) =>
    Array.from({ length: x.columns }, (_, at) => entry(x, row, at) * entry(y, at, column)).reduce((a, b) => a + b, 0),
  )

const squareSum = ({ data }: Matrix): number => Array.from(data).reduce((sum, value) => sum + value * value, 0)

const matrixOf = ({
  x,
  sizes,
}: {
  x: Parameters<typeof numbers>[0]
  sizes: { row: number; column: number }
}): Matrix => ({
  rows: sizes.row,
  columns: sizes.column,
  data: numbers(x),
})

law('eigenvalues and eigenvectors make the matrix again, and the vectors are orthogonal, of length 1', matrices, p => {
  const gram = product(transposed(matrixOf(p)), matrixOf(p))
  const size = gram.rows
  const { values, vectors } = symmetricEigen(size, gram.data)
  const turned: Matrix = { rows: size, columns: size, data: vectors }
  const scaled = build(size, size, (row, column) => values[row] * entry(turned, row, column))
  const tolerance = 1e-13 * size * (Math.max(...Array.from(gram.data, Math.abs)) + 1e-300)
  return [
    nearNumbers(tolerance)(product(transposed(turned), scaled).data, gram.data, 'the matrix'),
    nearNumbers(1e-13 * size)(
      product(turned, transposed(turned)).data,
      build(size, size, (row, column) => (row === column ? 1 : 0)).data,
      'orthogonal',
    ),
    mostNumbers(0)(values.slice(1), values.slice(0, -1), 'the largest first'),
  ]
})

const rankOf = ({ rows, columns, data }: Matrix): number => effectiveRank({ count: rows, dimensions: columns, data })

law('the effective rank lies between 1 and the smaller side, and is the same for the transpose', matrices, p => {
  const x = matrixOf(p)
  const rank = rankOf(x)
  return [
    mostNumbers(1e-4)([1, rank], [rank, Math.min(x.rows, x.columns)], 'range'),
    nearNumbers(1e-4)([rankOf(transposed(x))], [rank], 'transpose'),
  ]
})

law('neither the scale of features nor a turn of them changes their effective rank', matrices, p => {
  const x = matrixOf(p)
  const { vectors } = symmetricEigen(x.columns, product(transposed(x), x).data)
  const turned = product(x, { rows: x.columns, columns: x.columns, data: vectors })
  const scaled = build(x.rows, x.columns, (row, column) => 1024 * entry(x, row, column))
  return nearNumbers(1e-3)([rankOf(scaled), rankOf(turned)], [rankOf(x), rankOf(x)])
})

law('features along the axes have the effective rank of their lengths, by the formula', matrices, p => {
  const [lengths, sides] = [Array.from(matrixOf(p).data, Math.abs), matrixOf(p).rows]
  const own = lengths.slice(0, sides).map(length => length + 0.5)
  const sum = own.reduce((total, length) => total + length, 0)
  const entropy = own.reduce((total, length) => total - (length / sum) * Math.log(length / sum), 0)
  const diagonal = build(sides, sides, (row, column) => (row === column ? own[row % own.length] : 0))
  return nearNumbers(1e-3)([rankOf(diagonal)], [own.length === sides ? Math.exp(entropy) : rankOf(diagonal)])
})

law('a row more that is a multiple of another one adds no direction', matrices, p => {
  const x = matrixOf(p)
  const one = build(x.rows, x.columns, (row, column) => (row + 1) * (squareSum(x) === 0 ? 1 : entry(x, 0, column) + 1))
  return nearNumbers(1e-3)([rankOf(one)], [1])
})
