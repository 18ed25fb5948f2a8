// Fewer loops: neighbouring loops of a nest that every address crosses evenly become one loop, so that rows are longer.
// A loop is absorbed by the one after it if, in every access of the nest, its stride is that loop's stride times that
// loop's size. A nest of one element, which has no loop, gets one of a single turn, so that every nest has rows.
//
//   for i0 < 4, i1 < 8: input0 at 8*i0 + i1        becomes        for i0 < 32: input0 at i0

import { type Affine, type Nest, type NestInstruction, type ReductionPart, readdressed } from './nest.ts'

type Change = (affine: Affine) => Affine

const affinesOf = (body: readonly NestInstruction[]): readonly Affine[] =>
  body.flatMap(instruction => {
    if (instruction.kind === 'load') return [instruction.access]
    return instruction.kind === 'ramp' ? [instruction.index] : []
  })

const absorbs = (affines: readonly Affine[], loop: number, size: number): boolean =>
  affines.every(({ strides }) => (strides[loop] ?? 0) === (strides[loop + 1] ?? 0) * size)

const dropped =
  (loop: number): Change =>
  ({ offset, strides }) => ({ offset, strides: strides.filter((_, at) => at !== loop) })

const joined = (sizes: readonly number[], loop: number): readonly number[] =>
  sizes.flatMap((size, at) => (at === loop ? [] : at === loop + 1 ? [size * sizes[loop]] : [size]))

/** The nest with other outer loops, and every address changed accordingly. */
const withLoops = ({ output, reduction, body }: Nest, outer: readonly number[], to: Change): Nest => ({
  outer,
  output: to(output),
  reduction: reduction && {
    operation: reduction.operation,
    parts: reduction.parts.map(part => ({ loops: part.loops, body: readdressed(part.body, to) })),
  },
  body: readdressed(body, to),
})

const collapseOuter = (nest: Nest): Nest => {
  const everything = [
    nest.output,
    ...affinesOf(nest.body),
    ...(nest.reduction?.parts ?? []).flatMap(part => affinesOf(part.body)),
  ]
  const loop = nest.outer.findIndex(
    (_, at) => at + 1 < nest.outer.length && absorbs(everything, at, nest.outer[at + 1]),
  )
  return loop < 0 ? nest : collapseOuter(withLoops(nest, joined(nest.outer, loop), dropped(loop)))
}

/** A nest of one element with a loop of one turn. */
const widened = (nest: Nest): Nest => {
  const wide = withLoops(nest, [1], ({ offset, strides }) => ({ offset, strides: [0, ...strides] }))
  return { ...wide, output: { offset: nest.output.offset, strides: [1] } }
}

const collapsePart =
  (outer: number) =>
  (part: ReductionPart): ReductionPart => {
    const affines = affinesOf(part.body)
    const loop = part.loops.findIndex(
      (_, at) => at + 1 < part.loops.length && absorbs(affines, outer + at, part.loops[at + 1]),
    )
    if (loop < 0) return part
    return collapsePart(outer)({ loops: joined(part.loops, loop), body: readdressed(part.body, dropped(outer + loop)) })
  }

/** The same nest with as few loops as its accesses allow, and one at least. */
export const collapse = (nest: Nest): Nest => {
  const { reduction, ...rest } = nest.outer.length === 0 ? widened(nest) : collapseOuter(nest)
  return {
    ...rest,
    reduction: reduction && { ...reduction, parts: reduction.parts.map(collapsePart(rest.outer.length)) },
  }
}
