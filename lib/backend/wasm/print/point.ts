// Evaluating a block of instructions on four neighbouring elements at once. Lanes run along one loop of the nest: an access
// that does not move along it is one float in all lanes, one that moves by single elements is a vector load, any other is
// gathered. What does not depend on the loop is computed before it.

import type { Access, Affine, NestInstruction } from '../../../loops/nest.ts'
import { bytes, get, lanesPerVector, load, loadApart, loadSplat, set, splat, type Text } from './text.ts'
import { type Arithmetic, spellings } from './vector.ts'

/** The locals and the lines of one function while it is written. */
export interface Writer {
  readonly locals: Map<string, 'i32' | 'v128'>
  readonly arithmetic: Arithmetic
}

/** Declares a local of the function. */
export const declare = (writer: Writer, name: string, type: 'i32' | 'v128'): string => {
  writer.locals.set(name, type)
  return name
}

/** How the innermost loop reads: the byte address of an access's first lane, and what else varies. */
export interface Lanes {
  /** The loop along which lanes run; -1 for a single element in all lanes. */
  readonly loop: number
  /** The address of the access at the current turn, without its constant part, and that part in bytes. */
  readonly address: (access: Access) => { readonly base: Text; readonly offset: number }
  /** The value of an affine index in the first lane, as an f32 in text. */
  readonly ramp: (index: Affine) => Text
  /** The v128 that the reduction gave. */
  readonly accumulated: Text
}

const strideAlong = (affine: Affine, loop: number): number => (loop < 0 ? 0 : affine.strides[loop])

/** Which values of a block are the same as long as the addresses and ramps that are `still` are. */
export const unchanging = (
  body: readonly NestInstruction[],
  still: (affine: Affine) => boolean,
): readonly boolean[] => {
  const fixed: boolean[] = []
  for (const instruction of body)
    switch (instruction.kind) {
      case 'load':
        fixed.push(still(instruction.access))
        break
      case 'ramp':
        fixed.push(still(instruction.index))
        break
      case 'apply':
        fixed.push(instruction.operands.every(operand => fixed[operand]))
        break
      case 'literal':
        fixed.push(true)
        break
      case 'accumulated':
        fixed.push(false)
        break
    }
  return fixed
}

const loadText = (access: Access, lanes: Lanes, turns: number, valid: number): Text => {
  const { base, offset } = lanes.address(access)
  const stride = strideAlong(access, lanes.loop)
  const start = offset + turns * stride * bytes
  if (stride === 0) return loadSplat(base, start)
  return stride === 1 ? load(base, start) : loadApart(base, start, stride * bytes, valid)
}

const rampText = (index: Affine, lanes: Lanes, turns: number): Text => {
  const stride = strideAlong(index, lanes.loop)
  const first = `(f32x4.splat ${lanes.ramp(index)})`
  if (stride === 0) return first
  const steps = [0, 1, 2, 3].map(lane => (turns + lane) * stride).join(' ')
  return `(f32x4.add ${first} (v128.const f32x4 ${steps}))`
}

/** Values of instructions that are computed already. */
export type Known = (position: number) => Text | undefined

/**
 * Statements that compute what is not known yet of the chosen instructions, into v128 locals `<prefix><position>`. Lanes begin
 * `turns` turns after the current one, for unrolling; lanes that are not `valid` read nothing beyond what is there, but for
 * neighbours of a contiguous vector. The name of each instruction's value comes back with them.
 */
export const evaluate = (
  writer: Writer,
  prefix: string,
  body: readonly NestInstruction[],
  lanes: Lanes,
  {
    chosen = () => true,
    known = () => undefined,
    turns = 0,
    valid = lanesPerVector,
  }: {
    readonly chosen?: (position: number) => boolean
    readonly known?: Known
    readonly turns?: number
    readonly valid?: number
  } = {},
): { readonly lines: readonly Text[]; readonly value: Known } => {
  const name = (position: number): string => `${prefix}${position}`
  const value = (position: number): Text => {
    const instruction = body[position]
    if (instruction.kind === 'literal') return splat(instruction.value)
    if (instruction.kind === 'accumulated') return lanes.accumulated
    return known(position) ?? get(name(position))
  }
  const lines = body.flatMap((instruction, position): readonly Text[] => {
    if (!chosen(position) || known(position) !== undefined) return []
    switch (instruction.kind) {
      case 'literal':
      case 'accumulated':
        return []
      case 'load':
        return [set(declare(writer, name(position), 'v128'), loadText(instruction.access, lanes, turns, valid))]
      case 'ramp':
        return [set(declare(writer, name(position), 'v128'), rampText(instruction.index, lanes, turns))]
      case 'apply': {
        const [x, y, w] = instruction.operands.map(value)
        const own = declare(writer, name(position), 'v128')
        const spelling = spellings[instruction.operation](writer.arithmetic, own, x, y, w)
        for (const local of spelling.locals) declare(writer, local, 'v128')
        return [...spelling.before, set(own, spelling.value)]
      }
    }
  })
  return { lines, value }
}

/** The distinct accesses of a block. */
export const accessesOf = (body: readonly NestInstruction[]): readonly Access[] => {
  const found = new Map<string, Access>()
  for (const instruction of body)
    if (instruction.kind === 'load') {
      const { input, offset, strides } = instruction.access
      found.set(`${input} ${offset} ${strides.join()}`, instruction.access)
    }
  return [...found.values()]
}
