// From kernels to loop nests. Padding is resolved by cutting loops where it begins and ends, divisions that merged
// axes leave behind by splitting loops. What cannot be brought into this form has no nest, and is printed element by
// element.

import { counter, flatten, type Index, literal, plus, stridesOf, times } from './affine.ts'
import {
  boxes,
  cutsOf,
  type Flat,
  flat,
  indicesOf,
  type Piece,
  piecesOf,
  type Replace,
  resolve,
  rewrite,
} from './flat.ts'
import type { Kernel, Loop } from './kernel.ts'
import type { Affine, Nest, NestInstruction } from './nest.ts'

/**
 * A loop that a quotient or remainder asks to be split, and by how much; 'none' if some division cannot be resolved.
 */
const splitWanted = (indices: readonly Index[]): { readonly loop: Loop; readonly by: number } | 'none' | undefined => {
  for (const { terms } of indices)
    for (const { atom } of terms) {
      if (atom.kind === 'counter') continue
      const [inner] = atom.of.terms
      if (atom.of.terms.length === 1 && atom.of.constant === 0 && inner.factor === 1 && inner.atom.kind === 'counter') {
        const { loop, size } = inner.atom
        if (size % atom.by === 0) return { loop: { number: loop, size }, by: atom.by }
      }
      const deeper = splitWanted([atom.of])
      return deeper ?? 'none'
    }
  return undefined
}

/** Something that has addresses in loops, so that loops can be split under it. */
interface Body {
  readonly loops: readonly Loop[]
  readonly instructions: readonly Flat[]
}

interface Split {
  readonly replace: Replace
  readonly loops: (loops: readonly Loop[]) => readonly Loop[]
}

const splitting = ({ loop, by }: { readonly loop: Loop; readonly by: number }, fresh: number): Split => {
  const [slow, fast] = [
    { number: fresh, size: loop.size / by },
    { number: fresh + 1, size: by },
  ]
  const index = plus(times(counter(slow.number, slow.size), by), counter(fast.number, fast.size))
  return {
    replace: (number, size) => (number === loop.number ? index : counter(number, size)),
    loops: loops => loops.flatMap(other => (other.number === loop.number ? [slow, fast] : [other])),
  }
}

const affine = (index: Index, loops: readonly Loop[]): Affine => {
  const strides = stridesOf(index)!
  return { offset: index.constant, strides: loops.map(({ number }) => strides.get(number) ?? 0) }
}

const finish = (instructions: readonly Flat[], loops: readonly Loop[]): readonly NestInstruction[] =>
  instructions.map((instruction): NestInstruction => {
    switch (instruction.kind) {
      case 'load':
        return { kind: 'load', access: { input: instruction.input, ...affine(instruction.address, loops) } }
      case 'ramp':
        return { kind: 'ramp', index: affine(instruction.index, loops) }
      case 'inside':
        throw new Error('bug: a padding was left in a nest')
      default:
        return instruction
    }
  })

/** Restricts loops to a box: each counter starts again at 0 and is offset by where its piece begins. */
const restrict = (loops: readonly Loop[], box: readonly Piece[]): Replace => {
  const offsets = new Map(loops.map(({ number }, at) => [number, box[at]]))
  return (number, size) => {
    const piece = offsets.get(number)
    return piece === undefined ? counter(number, size) : plus(literal(piece.from), counter(number, piece.size))
  }
}

const restricted = (loops: readonly Loop[], box: readonly Piece[]): readonly Loop[] =>
  loops.map(({ number }, at) => ({ number, size: box[at].size })).filter(({ size }) => size > 1)

/** The nests of a kernel, or undefined where an address cannot be made affine. */
export const nestsOf = (kernel: Kernel): readonly Nest[] | undefined => {
  const loops = kernel.loops.map((size, number) => ({ number, size }))
  const inner = (kernel.reduction?.loops ?? []).map((size, at) => ({ number: loops.length + at, size }))
  const body = flat(kernel, kernel.body)
  const reduced = flat(kernel, kernel.reduction?.body ?? [])
  const cuts = new Map<number, Set<number>>()
  if (!cutsOf([...body, ...reduced], cuts)) return undefined
  const address = flatten(
    kernel.loops,
    loops.map(({ number, size }) => counter(number, size)),
  )
  const nests: Nest[] = []
  for (const box of boxes(loops.map(({ number, size }) => piecesOf(size, cuts.get(number))))) {
    const nest = nestOf(kernel, restrict(loops, box), restricted(loops, box), { body, reduced, address, inner, cuts })
    if (nest === undefined) return undefined
    nests.push(nest)
  }
  return nests
}

interface Sources {
  readonly body: readonly Flat[]
  readonly reduced: readonly Flat[]
  readonly address: Index
  readonly inner: readonly Loop[]
  readonly cuts: ReadonlyMap<number, ReadonlySet<number>>
}

const nestOf = (kernel: Kernel, outerReplace: Replace, outer: readonly Loop[], sources: Sources): Nest | undefined => {
  const { inner, cuts } = sources
  const store: Flat = { kind: 'ramp', index: sources.address }
  const epilogue = resolve(rewrite([...sources.body, store], outerReplace))
  const partBoxes =
    kernel.reduction === undefined ? [] : boxes(inner.map(({ number, size }) => piecesOf(size, cuts.get(number))))
  const parts = partBoxes.map((box): Body | undefined => {
    const replace = restrict(inner, box)
    const instructions = resolve(rewrite(rewrite(sources.reduced, outerReplace), replace))
    return instructions && { loops: restricted(inner, box), instructions }
  })
  if (epilogue === undefined || parts.some(part => part === undefined)) return undefined
  const settled = settle({ loops: outer, instructions: epilogue }, parts as readonly Body[])
  if (settled === undefined) return undefined
  const { main, rest } = settled
  const finished = finish(main.instructions, main.loops)
  const stored = finished[finished.length - 1]
  return {
    outer: main.loops.map(({ size }) => size),
    output: stored.kind === 'ramp' ? stored.index : { offset: 0, strides: [] },
    reduction: kernel.reduction && {
      operation: kernel.reduction.operation,
      parts: rest.map(part => ({
        loops: part.loops.slice(main.loops.length).map(({ size }) => size),
        body: finish(part.instructions, part.loops),
      })),
    },
    body: finished.slice(0, -1),
  }
}

/** Splits loops until no address divides; undefined if some division stays. */
const settle = (
  outer: Body,
  parts: readonly Body[],
): { readonly main: Body; readonly rest: readonly Body[] } | undefined => {
  let main = outer
  let rest: readonly Body[] = parts.map(part => ({ ...part, loops: [...outer.loops, ...part.loops] }))
  for (let fresh = 1000; ; fresh += 2) {
    const wish = splitWanted([main, ...rest].flatMap(({ instructions }) => indicesOf(instructions)))
    if (wish === undefined) return { main, rest }
    if (wish === 'none') return undefined
    const { replace, loops } = splitting(wish, fresh)
    const apply = (body: Body): Body => ({
      loops: loops(body.loops),
      instructions: rewrite(body.instructions, replace),
    })
    main = apply(main)
    rest = rest.map(apply)
  }
}
