// Indices without divisions. Merged axes leave behind indices that divide a loop's counter by some n. Where n divides
// the loop's size, the loop is split into two, whose counters are the quotient and the remainder. Divisions that no
// such split removes stay, and then the draft has no nest.
//
//   for i0 < 6: input0 at 3*(i0 % 2) + (i0 / 2)        becomes        for i1 < 3, i2 < 2: input0 at 3*i2 + i1

import { counter, plus, substitute, times } from './affine.ts'
import { type Block, type Draft, indicesOf, type Plain, type Replace, rewrite } from './flat.ts'
import type { Division, Index } from './indices.ts'
import type { Loop } from './kernel.ts'

/** A loop to split, the fast one of its two loops having `by` turns. */
interface Split {
  readonly loop: Loop
  readonly by: number
}

const firstDivision = (indices: readonly Index[]): Division | undefined => {
  for (const { terms } of indices) for (const { atom } of terms) if (atom.kind !== 'counter') return atom
  return undefined
}

/** The split that makes a division plain, or one inside it. */
const splitFor = ({ of, by }: Division): Split | undefined => {
  const [{ factor, atom }] = of.terms
  if (of.terms.length === 1 && of.constant === 0 && factor === 1 && atom.kind === 'counter' && atom.size % by === 0)
    return { loop: { number: atom.loop, size: atom.size }, by }
  const inner = firstDivision([of])
  return inner && splitFor(inner)
}

/** The lowest number that no loop of a draft has, nor any before it. */
const firstFree = ({ element, parts }: Draft<Plain>): number =>
  1 + Math.max(-1, ...[element, ...parts].flatMap(({ loops }) => loops.map(({ number }) => number)))

const split = (draft: Draft<Plain>, { loop, by }: Split): Draft<Plain> => {
  const slow: Loop = { number: firstFree(draft), size: loop.size / by }
  const fast: Loop = { number: slow.number + 1, size: by }
  const index = plus(times(counter(slow.number, slow.size), by), counter(fast.number, fast.size))
  const replace: Replace = (number, size) => (number === loop.number ? index : counter(number, size))
  const inBlock = ({ loops, instructions }: Block<Plain>): Block<Plain> => ({
    loops: loops.flatMap(other => (other.number === loop.number ? [slow, fast] : [other])),
    instructions: instructions.map(rewrite(replace)),
  })
  const { element, address, parts } = draft
  return { element: inBlock(element), address: substitute(address, replace), parts: parts.map(inBlock) }
}

/** The same draft with no index that divides; undefined if splitting loops does not get there. */
export const withoutDivisions = (draft: Draft<Plain>): Draft<Plain> | undefined => {
  const division = firstDivision(indicesOf(draft))
  if (division === undefined) return draft
  const wish = splitFor(division)
  return wish && withoutDivisions(split(draft, wish))
}
