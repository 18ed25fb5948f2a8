// Drafts without paddings. A padding is a value inside a range of an index and 0 outside it; shifts of a sequence,
// crops and joins of tensors make them. Each loop is cut where a padding along it begins and ends. Every choice of one
// piece of each loop is then a box in which a padding is wholly inside, and its block is inlined, or wholly outside,
// and is 0. Paddings along two loops at once, or along a quotient, cannot be removed so.
//
//   for i0 < 6: if 0 <= i0 + -2 < 4 ... else 0        becomes        for i0 < 2: 0        and        for i0 < 4: ...

import { counter, literal, plus, substitute } from './affine.ts'
import {
  allOrNone,
  type Block,
  type Draft,
  type Flat,
  type Padding,
  type Plain,
  type Replace,
  rewrite,
} from './flat.ts'
import { rangeOf, stridesOf } from './indices.ts'
import type { Loop } from './kernel.ts'

/** Turns of each loop at which a piece begins. */
type Cuts = ReadonlyMap<number, readonly number[]>

const paddingsOf = (instructions: readonly Flat[]): readonly Padding[] =>
  instructions.flatMap(instruction =>
    instruction.kind === 'inside' ? [instruction, ...paddingsOf(instruction.value)] : [],
  )

/** The cuts that resolve these paddings; undefined if none do. */
const cutsOf = (paddings: readonly Padding[]): Cuts | undefined => {
  const cuts = new Map<number, readonly number[]>()
  for (const { index, size } of paddings) {
    const strides = stridesOf(index)
    if (strides === undefined || strides.size > 1) return undefined
    for (const [loop, stride] of strides) {
      if (stride <= 0) return undefined
      const edges = [0, size].map(edge => Math.ceil((edge - index.constant) / stride))
      cuts.set(loop, [...(cuts.get(loop) ?? []), ...edges])
    }
  }
  return cuts
}

/** Part of a loop; a loop of its own in the box that it belongs to. */
interface Piece {
  readonly of: Loop
  readonly from: number
  readonly loop: Loop
}

type Box = readonly Piece[]

const piecesOf = (loop: Loop, cuts: Cuts): readonly Piece[] => {
  const inside = (cuts.get(loop.number) ?? []).filter(edge => edge > 0 && edge < loop.size)
  const edges = [...new Set([0, ...inside, loop.size])].sort((left, right) => left - right)
  return edges.slice(1).map((end, at) => ({
    of: loop,
    from: edges[at],
    loop: { number: loop.number, size: end - edges[at] },
  }))
}

/** Every choice of one piece for each loop. */
const boxesOf = (loops: readonly Loop[], cuts: Cuts): readonly Box[] =>
  loops.reduce<readonly Box[]>(
    (boxes, loop) => boxes.flatMap(box => piecesOf(loop, cuts).map(piece => [...box, piece])),
    [[]],
  )

/** The same box with loops numbered from `first` on. */
const numberedFrom = (first: number, box: Box): Box =>
  box.map((piece, at) => ({ ...piece, loop: { number: first + at, size: piece.loop.size } }))

/** Indices of whole loops as indices of the pieces in a box: each counter begins again at 0. */
const restrict = (box: Box): Replace => {
  const pieces = new Map(box.map(piece => [piece.of.number, piece]))
  return (number, size) => {
    const piece = pieces.get(number)
    if (piece === undefined) return counter(number, size)
    return plus(literal(piece.from), counter(piece.loop.number, piece.loop.size))
  }
}

const turning = (box: Box): readonly Loop[] => box.map(({ loop }) => loop).filter(({ size }) => size > 1)

/**
 * Appends a block to what it is part of, its paddings inlined or 0; false if one of them is neither inside nor
 * outside.
 */
const append = (resolved: Plain[], block: readonly Flat[], replace: Replace): boolean => {
  const places: number[] = []
  return block.every(instruction => {
    if (instruction.kind === 'inside') {
      const [low, high] = rangeOf(substitute(instruction.index, replace))
      const outside = high < 0 || low >= instruction.size
      if (outside) resolved.push({ kind: 'literal', value: 0 })
      else if (low < 0 || high >= instruction.size || !append(resolved, instruction.value, replace)) return false
    } else if (instruction.kind === 'apply')
      resolved.push({ ...instruction, operands: instruction.operands.map(operand => places[operand]) })
    else resolved.push(rewrite(replace)(instruction))
    places.push(resolved.length - 1)
    return true
  })
}

/** The part of a block in the last of these boxes, which are one inside the other. */
const blockIn = (instructions: readonly Flat[], ...boxes: readonly Box[]): Block<Plain> | undefined => {
  const resolved: Plain[] = []
  if (!append(resolved, instructions, restrict(boxes.flat()))) return undefined
  return { loops: turning(boxes[boxes.length - 1]), instructions: resolved }
}

const draftIn = ({ element, address, parts }: Draft<Flat>, cuts: Cuts, box: Box): Draft<Plain> | undefined => {
  const own = blockIn(element.instructions, box)
  const inner = parts.flatMap(({ loops, instructions }) =>
    boxesOf(loops, cuts).map((innerBox, at) =>
      blockIn(instructions, box, numberedFrom(box.length + at * loops.length, innerBox)),
    ),
  )
  const pieces = allOrNone(inner)
  if (own === undefined || pieces === undefined) return undefined
  return { element: own, address: substitute(address, restrict(box)), parts: pieces }
}

/** A draft for each box of the output, without paddings; undefined if cutting loops does not resolve them all. */
export const withoutPaddings = (draft: Draft<Flat>): readonly Draft<Plain>[] | undefined => {
  const { element, parts } = draft
  const cuts = cutsOf([element, ...parts].flatMap(({ instructions }) => paddingsOf(instructions)))
  return cuts && allOrNone(boxesOf(element.loops, cuts).map(box => draftIn(draft, cuts, box)))
}
