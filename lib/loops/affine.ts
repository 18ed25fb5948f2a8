// Index arithmetic: sums, products, quotients and remainders of indices, in a normal form. Atoms are distinct and in a
// fixed order, so that equal indices are equal records. The range of each counter is known, which removes almost every
// division that splitting and merging axes would cost. Where i0 < 4 and i1 < 6:
//
//   quotient(6*i0 + i1, 6) = i0        remainder(6*i0 + i1, 6) = i1        quotient(i1, 4) = (i1 / 4)

import { commonDivisor } from '../numeric/whole-numbers.ts'
import { type Atom, foldIndex, type Index, rangeOf, showIndex, type Term } from './indices.ts'

/** A whole number. */
export const literal = (constant: number): Index => ({ constant, terms: [] })

/** The counter of a loop of `size` turns; a loop of one turn is 0. */
export const counter = (loop: number, size: number): Index =>
  size === 1 ? literal(0) : { constant: 0, terms: [{ factor: 1, atom: { kind: 'counter', loop, size } }] }

const atomText = (atom: Atom): string => showIndex({ constant: 0, terms: [{ factor: 1, atom }] })

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
 * Writes an index as g X + r with 0 <= r < g, where g > 1 divides `by`: then dividing it by g m is dividing X by m.
 * Splitting a loop makes such indices.
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

/** The remainder that the whole quotient leaves, at least 0. */
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

/** The address in an array of `sizes`, the last one contiguous, of the element at `position`. */
export const flatten = (sizes: readonly number[], position: readonly Index[]): Index =>
  position.reduce((address, index, axis) => plus(times(address, sizes[axis]), index), literal(0))
