// Neighbouring loops that every address crosses evenly are one loop: fewer turns, longer rows. A loop is absorbed by the one
// after it where its stride is that one's stride times its size, in every access of the nest.

import type { Affine, Nest, NestInstruction } from './nest.ts'

type Change = (affine: Affine) => Affine

const change = (body: readonly NestInstruction[], to: Change): readonly NestInstruction[] =>
  body.map(instruction => {
    if (instruction.kind === 'load')
      return { kind: 'load', access: { input: instruction.access.input, ...to(instruction.access) } }
    return instruction.kind === 'ramp' ? { kind: 'ramp', index: to(instruction.index) } : instruction
  })

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

const collapseOuter = (nest: Nest): Nest => {
  const everything = [
    nest.output,
    ...affinesOf(nest.body),
    ...(nest.reduction?.parts ?? []).flatMap(part => affinesOf(part.body)),
  ]
  const loop = nest.outer.findIndex(
    (_, at) => at + 1 < nest.outer.length && absorbs(everything, at, nest.outer[at + 1]),
  )
  if (loop < 0) return nest
  const to = dropped(loop)
  return collapseOuter({
    outer: joined(nest.outer, loop),
    output: to(nest.output),
    reduction: nest.reduction && {
      operation: nest.reduction.operation,
      parts: nest.reduction.parts.map(part => ({ loops: part.loops, body: change(part.body, to) })),
    },
    body: change(nest.body, to),
  })
}

type Part = NonNullable<Nest['reduction']>['parts'][number]

const collapsePart =
  (outer: number) =>
  (part: Part): Part => {
    const affines = affinesOf(part.body)
    const loop = part.loops.findIndex(
      (_, at) => at + 1 < part.loops.length && absorbs(affines, outer + at, part.loops[at + 1]),
    )
    if (loop < 0) return part
    return collapsePart(outer)({ loops: joined(part.loops, loop), body: change(part.body, dropped(outer + loop)) })
  }

/** The same nest with as few loops as its accesses allow. */
export const collapse = (nest: Nest): Nest => {
  const { reduction, ...rest } = collapseOuter(nest)
  return {
    ...rest,
    reduction: reduction && { ...reduction, parts: reduction.parts.map(collapsePart(rest.outer.length)) },
  }
}
