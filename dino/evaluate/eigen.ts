// Eigenvalues and eigenvectors of a symmetric matrix in float64 by Jacobi's method: each entry beside the diagonal is
// rotated to 0 in turn, which makes the others smaller, until none is left (Golub and Van Loan 2013, section 8.5).
// Methods that take a tenth of the time are ten times as long; this one is as accurate as any.
//
//   (2 1; 1 2)        has the values 3, 1        and the vectors (0.707, 0.707), (-0.707, 0.707)

/** Eigenvalues, the largest first, and for each its vector of length 1: row after row. */
export interface Eigen {
  readonly values: Float64Array
  readonly vectors: Float64Array
}

/** Two columns, and the angle by which they are turned. */
interface Rotation {
  readonly first: number
  readonly second: number
  readonly cosine: number
  readonly sine: number
}

/** The rotation after which the entry of two columns is 0, by the smaller of the two angles. */
const rotationOf = (matrix: Float64Array, size: number, first: number, second: number): Rotation => {
  const entry = matrix[first * size + second]
  const slope = (matrix[second * size + second] - matrix[first * size + first]) / (2 * entry)
  const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.sqrt(slope * slope + 1))
  const cosine = 1 / Math.sqrt(tangent * tangent + 1)
  return { first, second, cosine, sine: tangent * cosine }
}

/** Turns two rows. */
const turnRows = (matrix: Float64Array, size: number, { first, second, cosine, sine }: Rotation): void => {
  for (let at = 0; at < size; at += 1) {
    const [x, y] = [matrix[first * size + at], matrix[second * size + at]]
    matrix[first * size + at] = cosine * x - sine * y
    matrix[second * size + at] = sine * x + cosine * y
  }
}

/** Turns two columns. */
const turnColumns = (matrix: Float64Array, size: number, { first, second, cosine, sine }: Rotation): void => {
  for (let row = 0; row < matrix.length; row += size) {
    const [x, y] = [matrix[row + first], matrix[row + second]]
    matrix[row + first] = cosine * x - sine * y
    matrix[row + second] = sine * x + cosine * y
  }
}

const diagonal = (matrix: Float64Array, size: number): Float64Array =>
  Float64Array.from({ length: size }, (_, at) => matrix[at * size + at])

/** Rotates every entry beside the diagonal that counts to 0 once; whether there was one. */
const sweep = (matrix: Float64Array, vectors: Float64Array, size: number, negligible: number): boolean => {
  let turned = false
  for (let first = 0; first < size; first += 1)
    for (let second = first + 1; second < size; second += 1) {
      if (Math.abs(matrix[first * size + second]) <= negligible) continue
      const rotation = rotationOf(matrix, size, first, second)
      turnRows(matrix, size, rotation)
      turnColumns(matrix, size, rotation)
      turnRows(vectors, size, rotation)
      turned = true
    }
  return turned
}

/** More are never needed: the entries fall quadratically once they are small. */
const mostSweeps = 60

/**
 * The eigenvalues and eigenvectors of a symmetric matrix of so many rows, row after row. Entries that are not finite
 * give values that are not.
 */
export const symmetricEigen = (size: number, symmetric: ArrayLike<number>): Eigen => {
  const matrix = Float64Array.from(symmetric)
  const vectors = new Float64Array(size * size)
  for (let at = 0; at < size; at += 1) vectors[at * size + at] = 1
  const negligible = Number.EPSILON * Math.max(...diagonal(matrix, size).map(Math.abs), 0) * 2 ** -4
  for (let sweeps = 0; sweeps < mostSweeps && sweep(matrix, vectors, size, negligible); ) sweeps += 1
  const values = diagonal(matrix, size)
  const order = Array.from(values.keys()).sort((left, right) => values[right] - values[left])
  const sorted = new Float64Array(size * size)
  order.forEach((from, to) => sorted.set(vectors.subarray(from * size, (from + 1) * size), to * size))
  return { values: Float64Array.from(order, at => values[at]), vectors: sorted }
}
