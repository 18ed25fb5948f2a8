// Kernels that have no nest, element by element: whole-number arithmetic for every index, one float in all lanes for every
// value, a branch for every padding. Slow and general; a network hardly ever comes here.

import { counter, flatten } from '../../../loops/affine.ts'
import type { Atom, Index } from '../../../loops/indices.ts'
import type { Instruction, Kernel, KernelReduction } from '../../../loops/kernel.ts'
import { parametersOf, type Written } from './loops.ts'
import { declare, type Writer } from './point.ts'
import {
  bytes,
  functionText,
  get,
  loopWhile,
  plus,
  repeat,
  scaled,
  set,
  splat,
  storeLane,
  type Text,
  whole,
} from './text.ts'
import { type Arithmetic, spellings } from './vector.ts'

const atomText = (atom: Atom): Text => {
  if (atom.kind === 'counter') return get(`c${atom.loop}`)
  return `(i32.${atom.kind === 'quotient' ? 'div_s' : 'rem_s'} ${indexText(atom.of)} ${whole(atom.by)})`
}

const indexText = ({ constant, terms }: Index): Text =>
  terms.reduce((total, { factor, atom }) => plus(total, scaled(atomText(atom), factor)), whole(constant))

const block = (writer: Writer, kernel: Kernel, instructions: readonly Instruction[], prefix: string): readonly Text[] =>
  instructions.flatMap((instruction, position): readonly Text[] => {
    const name = declare(writer, `${prefix}${position}`, 'v128')
    switch (instruction.kind) {
      case 'load': {
        const address = flatten(kernel.inputs[instruction.input], instruction.at)
        const from = plus(get(`in${instruction.input}`), scaled(indexText(address), bytes))
        return [set(name, `(v128.load32_splat ${from})`)]
      }
      case 'literal':
        return [set(name, splat(instruction.value))]
      case 'ramp':
        return [set(name, `(f32x4.splat (f32.convert_i32_s ${indexText(instruction.index)}))`)]
      case 'accumulated':
        return [set(name, get('accumulated'))]
      case 'apply': {
        const [x, y, w] = instruction.operands.map(operand => get(`${prefix}${operand}`))
        const spelling = spellings[instruction.operation](writer.arithmetic, name, x, y, w)
        for (const local of spelling.locals) declare(writer, local, 'v128')
        return [...spelling.before, set(name, spelling.value)]
      }
      case 'inside': {
        const index = declare(writer, `${prefix}${position}i`, 'i32')
        const inner = block(writer, kernel, instruction.value, `${prefix}${position}_`)
        return [
          set(name, splat(0)),
          set(index, indexText(instruction.index)),
          `(if (i32.lt_u ${get(index)} ${whole(instruction.size)}) (then`,
          ...inner,
          set(name, get(`${prefix}${position}_${instruction.value.length - 1}`)),
          '))',
        ]
      }
    }
  })

const startOf = (operation: string): Text => splat(operation === 'sum' ? 0 : Number.NEGATIVE_INFINITY)
const combine = (operation: string, left: Text, right: Text): Text =>
  `(${operation === 'sum' ? 'f32x4.add' : 'f32x4.max'} ${left} ${right})`

/** The counters of the output loops of element `unit`. */
const counters = (writer: Writer, { loops }: Kernel): readonly Text[] => {
  const rest = declare(writer, 'rest', 'i32')
  const each = [...loops.entries()].reverse().flatMap(([loop, size]) => {
    const own = declare(writer, `c${loop}`, 'i32')
    return [set(own, `(i32.rem_u ${get(rest)} ${whole(size)})`), set(rest, `(i32.div_u ${get(rest)} ${whole(size)})`)]
  })
  return [set(rest, get('unit')), ...each]
}

/** The reduction of one element, into `accumulated`. */
const reduce = (writer: Writer, kernel: Kernel, { operation, loops, body }: KernelReduction): readonly Text[] => {
  const accumulated = declare(writer, 'accumulated', 'v128')
  const turn = [
    ...block(writer, kernel, body, 'r'),
    set(accumulated, combine(operation, get(accumulated), get(`r${body.length - 1}`))),
  ]
  const around = [...loops.entries()].reverse().reduce<readonly Text[]>((inner, [at, size]) => {
    const counter = declare(writer, `c${kernel.loops.length + at}`, 'i32')
    return repeat(`loop_${counter}`, counter, size, inner)
  }, turn)
  return [set(accumulated, startOf(operation)), ...around]
}

/** A kernel as a function over its elements in order. */
export const elementByElement = (name: string, kernel: Kernel, arithmetic: Arithmetic): Written => {
  const writer: Writer = { locals: new Map(), arithmetic }
  const { inputs, loops, reduction, body } = kernel
  const unit = declare(writer, 'unit', 'i32')
  const address = flatten(
    loops,
    loops.map((size, loop) => counter(loop, size)),
  )
  const element = [
    ...counters(writer, kernel),
    ...(reduction === undefined ? [] : reduce(writer, kernel, reduction)),
    ...block(writer, kernel, body, 'v'),
    storeLane(plus(get('out'), scaled(indexText(address), bytes)), get(`v${body.length - 1}`), 0),
  ]
  const lines = [set(unit, get('from')), ...loopWhile('elements', unit, get('to'), whole(1), element)]
  return {
    text: functionText(name, parametersOf(inputs.length), writer.locals, lines),
    units: loops.reduce((total, size) => total * size, 1),
    unitLoop: 0,
    unitSize: 1,
  }
}
