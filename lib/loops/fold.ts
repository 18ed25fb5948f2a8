// One walk over a kernel for all targets: the interpreter, the printer for people, gpu.js and WebAssembly. A target is
// an `Algebra`: for each part of a kernel it has a function, which is given the results for the parts inside. The
// result for an instruction is its code (lines, statements, a function) and its value as later code writes it (a name,
// a local, a constant that needs no code). Names are unique in a kernel: `v2` is the third instruction of the body,
// `v2_0` the first inside a padding there, `r0` the first of the reduction. An algebra that needs the kernel, to make a
// local for each loop, say, is a function of it.
//
//   apply: (name, operation, [x, y]) => ({ code: [`const ${name} = ${operation}(${x}, ${y});`], value: name })
//   makes of  { kind: 'apply', operation: 'mul', operands: [0, 1] }  the line  const v2 = mul(v0, v1);

import type { Reduction, ScalarName } from '../language/node.ts'
import { flatten } from './affine.ts'
import { foldIndex, type Index, type IndexAlgebra } from './indices.ts'
import { type Instruction, type Kernel, type Loop, reducedLoops } from './kernel.ts'

/** An instruction or a block in a target's terms: code that computes a value, and the value as later code writes it. */
export interface Computed<Code, Value> {
  readonly code: Code
  readonly value: Value
}

/**
 * A target, part by part: `At` is an index in its terms, `Value` a value, `Code` what computes it, `Whole` the kernel.
 */
export interface Algebra<At, Value, Code, Whole> extends IndexAlgebra<At> {
  /**
   * The indices by which it reads a buffer: one an axis (`byAxis`), one in all (`byAddress`), or one for a group of
   * axes.
   */
  readonly addressing: Addressing
  /** Reads an element of an input. */
  readonly load: (name: string, input: number, at: readonly At[]) => Computed<Code, Value>
  readonly literal: (name: string, value: number) => Computed<Code, Value>
  /** A whole-number index as a float. */
  readonly ramp: (name: string, index: At) => Computed<Code, Value>
  readonly apply: (name: string, operation: ScalarName, operands: readonly Value[]) => Computed<Code, Value>
  /** The value of a block where 0 <= index < size, else 0; the block must not be computed elsewhere. */
  readonly inside: (name: string, index: At, size: number, block: Computed<Code, Value>) => Computed<Code, Value>
  /** The result of the reduction, from wherever the target's `reduction` leaves it. */
  readonly accumulated: (name: string) => Computed<Code, Value>
  /** Code, one piece after the other. */
  readonly sequence: (pieces: readonly Code[]) => Code
  /** The loops of a reduction around the block whose value each turn accumulates. */
  readonly reduction: (operation: Reduction, loops: readonly Loop[], turn: Computed<Code, Value>) => Code
  /** The output loops around the reduction, if there is one, and the block that computes the element to write. */
  readonly kernel: (kernel: Kernel, reduction: Code | undefined, element: Computed<Code, Value>) => Whole
}

/** The indices that stand for a position in a buffer whose axes have these sizes, the last one contiguous. */
export type Addressing = (sizes: readonly number[], at: readonly Index[]) => readonly Index[]

/** One index for each axis. */
export const byAxis: Addressing = (_, at) => at

/** One index: the address, in elements. */
export const byAddress: Addressing = (sizes, at) => [flatten(sizes, at)]

/** A target on its way through one kernel. */
interface Walk<At, Value, Code> {
  readonly target: Algebra<At, Value, Code, unknown>
  /** Sizes of the axes of each input. */
  readonly inputs: Kernel['inputs']
  readonly indexOf: (index: Index) => At
}

const foldInstruction = <At, Value, Code>(
  walk: Walk<At, Value, Code>,
  instruction: Instruction,
  name: string,
  operandAt: (position: number) => Value,
): Computed<Code, Value> => {
  const { target, inputs, indexOf } = walk
  switch (instruction.kind) {
    case 'load': {
      const { input, at } = instruction
      return target.load(name, input, target.addressing(inputs[input], at).map(indexOf))
    }
    case 'literal':
      return target.literal(name, instruction.value)
    case 'ramp':
      return target.ramp(name, indexOf(instruction.index))
    case 'apply':
      return target.apply(name, instruction.operation, instruction.operands.map(operandAt))
    case 'inside': {
      const block = foldBlock(walk, instruction.value, `${name}_`)
      return target.inside(name, indexOf(instruction.index), instruction.size, block)
    }
    case 'accumulated':
      return target.accumulated(name)
  }
}

const foldBlock = <At, Value, Code>(
  walk: Walk<At, Value, Code>,
  block: readonly Instruction[],
  prefix: string,
): Computed<Code, Value> => {
  const codes: Code[] = []
  const values: Value[] = []
  block.forEach((instruction, at) => {
    const { code, value } = foldInstruction(walk, instruction, `${prefix}${at}`, position => values[position])
    codes.push(code)
    values.push(value)
  })
  return { code: walk.target.sequence(codes), value: values[values.length - 1] }
}

/** Folds a kernel by the algebra of a target. */
export const foldKernel =
  <At, Value, Code, Whole>(target: Algebra<At, Value, Code, Whole>) =>
  (kernel: Kernel): Whole => {
    const walk = { target, inputs: kernel.inputs, indexOf: foldIndex(target) }
    const { reduction, body } = kernel
    const reduced =
      reduction && target.reduction(reduction.operation, reducedLoops(kernel), foldBlock(walk, reduction.body, 'r'))
    return target.kernel(kernel, reduced, foldBlock(walk, body, 'v'))
  }
