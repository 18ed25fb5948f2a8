// Indices: whole-number expressions over loop counters, and the one fold over them. An index is a constant plus
// multiples of atoms; an atom is a loop counter, or a quotient or remainder that could not be simplified. To read an
// index, to print it, to find its range and to put others for its counters are algebras of the fold. Only `affine.ts`
// makes indices, so that equal ones are equal records.
//
//   { constant: 3, terms: [{ factor: 4, atom: i0 }, { factor: 1, atom: { kind: 'quotient', of: i1, by: 2 } }] }
//   reads as  4*i0 + (i1 / 2) + 3

/** A loop counter running from 0 to `size - 1`. */
export interface Counter {
  readonly kind: 'counter'
  readonly loop: number
  readonly size: number
}
/** The whole quotient or the remainder of an index that is never negative where it is used. */
export interface Division {
  readonly kind: 'quotient' | 'remainder'
  readonly of: Index
  readonly by: number
}
/** The parts of an index that are multiplied and added. */
export type Atom = Counter | Division

/** factor * atom */
export interface Term {
  readonly factor: number
  readonly atom: Atom
}
/** constant + sum of factor * atom, with distinct atoms in a fixed order and no factor 0. */
export interface Index {
  readonly constant: number
  readonly terms: readonly Term[]
}

/** Smallest and largest value. */
export type IndexRange = readonly [low: number, high: number]

/** A target of indices, part by part: `At` is an index in its terms. */
export interface IndexAlgebra<At> {
  readonly counter: (loop: number, size: number) => At
  readonly division: (kind: Division['kind'], of: At, by: number) => At
  /** constant + the sum of factor * atom; no terms for a plain number. */
  readonly sum: (constant: number, terms: readonly { readonly factor: number; readonly atom: At }[]) => At
}

/** Folds an index by an algebra, the innermost atoms first. */
export const foldIndex = <At>(algebra: IndexAlgebra<At>): ((index: Index) => At) => {
  const atomOf = (atom: Atom): At =>
    atom.kind === 'counter'
      ? algebra.counter(atom.loop, atom.size)
      : algebra.division(atom.kind, indexOf(atom.of), atom.by)
  const indexOf = ({ constant, terms }: Index): At =>
    algebra.sum(
      constant,
      terms.map(({ factor, atom }) => ({ factor, atom: atomOf(atom) })),
    )
  return indexOf
}

/** Indices as a person reads them. */
export const shownIndex: IndexAlgebra<string> = {
  counter: loop => `i${loop}`,
  division: (kind, of, by) => `(${of} ${kind === 'quotient' ? '/' : '%'} ${by})`,
  sum: (constant, terms) => {
    const parts = terms.map(({ factor, atom }) => (factor === 1 ? atom : `${factor}*${atom}`))
    return (constant !== 0 || parts.length === 0 ? [...parts, String(constant)] : parts).join(' + ')
  },
}

/** Reads as `4*i0 + i1 + 3`. */
export const showIndex = foldIndex(shownIndex)

const ranges: IndexAlgebra<IndexRange> = {
  counter: (_, size) => [0, size - 1],
  division: (kind, [low, high], by) =>
    kind === 'remainder' ? [0, by - 1] : [Math.floor(low / by), Math.floor(high / by)],
  sum: (constant, terms) =>
    terms.reduce<IndexRange>(
      ([low, high], { factor, atom: [least, most] }) => [
        low + factor * (factor > 0 ? least : most),
        high + factor * (factor > 0 ? most : least),
      ],
      [constant, constant],
    ),
}

/** The values that an index can take. */
export const rangeOf = foldIndex(ranges)

/** The factor of each loop counter, if the index is a plain combination of counters; else undefined. */
export const stridesOf = ({ terms }: Index): ReadonlyMap<number, number> | undefined => {
  const strides = new Map<number, number>()
  for (const { factor, atom } of terms) {
    if (atom.kind !== 'counter') return undefined
    strides.set(atom.loop, factor)
  }
  return strides
}

/** Whether two indices are the same expression. */
export const sameIndex = (left: Index, right: Index): boolean => showIndex(left) === showIndex(right)
