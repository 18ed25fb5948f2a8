// Index arithmetic: whole-number expressions over loop counters, kept in a normal form so that equal indices are equal
// records. An index is a constant plus multiples of atoms; an atom is a loop counter, or a quotient or remainder that
// could not be simplified. Knowing each counter's range removes almost every division that splitting and merging axes
// would cost.

import { commonDivisor } from '../numeric/whole-numbers.ts'

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
export type Atom = Counter | Division

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
export type Range = readonly [low: number, high: number]

/** A target of indices, part by part: `At` is an index in its terms. */
export interface IndexAlgebra<At> {
  readonly counter: (loop: number, size: number) => At
  readonly division: (kind: Division['kind'], of: At, by: number) => At
  /** constant + the sum of factor * atom; no terms for a plain number. */
  readonly sum: (constant: number, terms: readonly { readonly factor: number; readonly atom: At }[]) => At
}

const foldAtom =
  <At>(algebra: IndexAlgebra<At>) =>
  (atom: Atom): At =>
    atom.kind === 'counter'
      ? algebra.counter(atom.loop, atom.size)
      : algebra.division(atom.kind, foldIndex(algebra)(atom.of), atom.by)

/** Folds an index by an algebra, the innermost atoms first. */
export const foldIndex =
  <At>(algebra: IndexAlgebra<At>) =>
  ({ constant, terms }: Index): At =>
    algebra.sum(
      constant,
      terms.map(({ factor, atom }) => ({ factor, atom: foldAtom(algebra)(atom) })),
    )

/** Indices as a person reads them. */
export const shownIndex: IndexAlgebra<string> = {
  counter: loop => `i${loop}`,
  division: (kind, of, by) => `(${of} ${kind === 'quotient' ? '/' : '%'} ${by})`,
  sum: (constant, terms) => {
    const parts = terms.map(({ factor, atom }) => (factor === 1 ? atom : `${factor}*${atom}`))
    return (constant !== 0 || parts.length === 0 ? [...parts, String(constant)] : parts).join(' + ')
  },
}

const atomText = foldAtom(shownIndex)

/** Reads as `4*i0 + i1 + 3`. */
export const showIndex = foldIndex(shownIndex)

const ranges: IndexAlgebra<Range> = {
  counter: (_, size) => [0, size - 1],
  division: (kind, [low, high], by) =>
    kind === 'remainder' ? [0, by - 1] : [Math.floor(low / by), Math.floor(high / by)],
  sum: (constant, terms) =>
    terms.reduce<Range>(
      ([low, high], { factor, atom: [least, most] }) => [
        low + factor * (factor > 0 ? least : most),
        high + factor * (factor > 0 ? most : least),
      ],
      [constant, constant],
    ),
}

/** The values that an index can take. */
export const rangeOf = foldIndex(ranges)

/** A whole number. */
export const literal = (constant: number): Index => ({ constant, terms: [] })

/** The counter of a loop of `size` turns; a loop of one turn is 0. */
export const counter = (loop: number, size: number): Index =>
  size === 1 ? literal(0) : { constant: 0, terms: [{ factor: 1, atom: { kind: 'counter', loop, size } }] }

/** q * n + r of one index X is X again, for any common factor; returns what the constants of such X add up to. */
const rejoin = (terms: Map<string, Term>): number => {
  let constant = 0
  for (const [key, { factor, atom }] of terms) {
    if (atom.kind !== 'remainder') continue
    const partner = atomText({ ...atom, kind: 'quotient' })
    if (terms.get(partner)?.factor !== factor * atom.by) continue
    terms.delete(key)
    terms.delete(partner)
    for (const term of atom.of.terms) accumulate(terms, { ...term, factor: term.factor * factor })
    constant += factor * atom.of.constant
  }
  return constant
}

const accumulate = (terms: Map<string, Term>, { factor, atom }: Term): void => {
  const key = atomText(atom)
  const total = (terms.get(key)?.factor ?? 0) + factor
  if (total === 0) terms.delete(key)
  else terms.set(key, { factor: total, atom })
}

const normal = (constant: number, list: readonly Term[]): Index => {
  if (list.length < 2) return { constant, terms: list }
  const terms = new Map<string, Term>()
  for (const term of list) accumulate(terms, term)
  const rejoined = rejoin(terms)
  const sorted = [...terms].sort(([left], [right]) => (left < right ? -1 : 1))
  return { constant: constant + rejoined, terms: sorted.map(([, term]) => term) }
}

/** The sum of two indices. */
export const plus = (left: Index, right: Index): Index =>
  normal(left.constant + right.constant, [...left.terms, ...right.terms])

/** An index times a whole number. */
export const times = ({ constant, terms }: Index, by: number): Index =>
  by === 0
    ? literal(0)
    : { constant: constant * by, terms: terms.map(({ factor, atom }) => ({ factor: factor * by, atom })) }

/** Splits an index into n * `whole` + `rest`, where no factor of the rest is a multiple of n. */
const divide = ({ constant, terms }: Index, by: number): { readonly whole: Index; readonly rest: Index } => {
  const divisible = terms.filter(({ factor }) => factor % by === 0)
  const kept = Math.floor(constant / by)
  return {
    whole: { constant: kept, terms: divisible.map(({ factor, atom }) => ({ factor: factor / by, atom })) },
    rest: { constant: constant - kept * by, terms: terms.filter(({ factor }) => factor % by !== 0) },
  }
}

const within = (index: Index, low: number, high: number): boolean => {
  const [least, most] = rangeOf(index)
  return least >= low && most < high
}

/**
 * Writes an index as g X + r with 0 <= r < g, where g > 1 divides `by`: then dividing it by g m is dividing X by m. Splitting
 * a loop makes such indices.
 */
const coarsen = (
  index: Index,
  by: number,
): { readonly step: number; readonly coarse: Index; readonly fine: Index } | undefined => {
  for (const { factor } of index.terms) {
    const step = commonDivisor(by, factor)
    if (step === 1) continue
    const { whole, rest } = divide(index, step)
    if (within(rest, 0, step)) return { step, coarse: whole, fine: rest }
  }
  return undefined
}

/** The whole quotient of an index, rounded down. */
export const quotient = (index: Index, by: number): Index => {
  if (by === 1) return index
  const { whole, rest } = divide(index, by)
  if (within(rest, 0, by)) return whole
  const coarser = coarsen(rest, by)
  if (coarser !== undefined) return plus(whole, quotient(coarser.coarse, by / coarser.step))
  const [only] = rest.terms
  const nested = rest.terms.length === 1 && rest.constant === 0 && only.factor === 1 && only.atom.kind === 'quotient'
  const atom: Atom =
    nested && only.atom.kind === 'quotient'
      ? { kind: 'quotient', of: only.atom.of, by: only.atom.by * by }
      : { kind: 'quotient', of: rest, by }
  return plus(whole, { constant: 0, terms: [{ factor: 1, atom }] })
}

/** What the whole quotient leaves. */
export const remainder = (index: Index, by: number): Index => {
  const { rest } = divide(index, by)
  if (within(rest, 0, by)) return rest
  const coarser = coarsen(rest, by)
  if (coarser !== undefined)
    return plus(times(remainder(coarser.coarse, by / coarser.step), coarser.step), coarser.fine)
  return { constant: 0, terms: [{ factor: 1, atom: { kind: 'remainder', of: rest, by } }] }
}

/** The index with each counter replaced. */
export const substitute = (index: Index, replace: (loop: number, size: number) => Index): Index =>
  foldIndex<Index>({
    counter: replace,
    division: (kind, of, by) => (kind === 'quotient' ? quotient(of, by) : remainder(of, by)),
    sum: (constant, terms) =>
      terms.reduce((total, { factor, atom }) => plus(total, times(atom, factor)), literal(constant)),
  })(index)

/** The loops that an index depends on. */
export const loopsOf = foldIndex<ReadonlySet<number>>({
  counter: loop => new Set([loop]),
  division: (_, of) => of,
  sum: (_, terms) => new Set(terms.flatMap(({ atom }) => [...atom])),
})

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

/** The address in an array of `sizes`, the last one contiguous, of the element at `position`. */
export const flatten = (sizes: readonly number[], position: readonly Index[]): Index =>
  position.reduce((address, index, axis) => plus(times(address, sizes[axis]), index), literal(0))
