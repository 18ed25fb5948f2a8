// What the printers of element-wise kernels and reductions share: pointers, rows of vectors, loops over ranges. A function takes
// the byte addresses of its buffers and a range of units, which are turns of its outermost loop: threads split the range, and
// steps that share rows run block by block.

import type { Affine, Nest, NestInstruction } from './nest.ts'
import { accessesOf, declare, type Lanes, type Writer } from './point.ts'
import { bytes, get, loopWhile, plus, repeat, scaled, set, storeFirst, type Text, when, whole } from './text.ts'

/** A function and the units that its range counts: turns of one outer loop, or groups of them. */
export interface Written {
  readonly text: Text
  readonly units: number
  readonly unitLoop: number
  /** Turns of the loop in one unit; the last unit may have fewer. */
  readonly unitSize: number
}

export const lanesPerVector = 4

export const counterName = (loop: number): string => `c${loop}`

/** The cost of reading or writing along a loop: repeated or contiguous floats are cheap, scattered ones are not. */
const costAlong = (affine: Affine, loop: number): number => {
  const stride = affine.strides[loop]
  return stride === 0 ? 0.5 : stride === 1 ? 1 : 5
}

/** How well lanes along `loop` would do: less is better. */
export const laneCost = (affines: readonly Affine[], loop: number, size: number): number => {
  const waste = (Math.ceil(size / lanesPerVector) * lanesPerVector) / size
  return waste * affines.reduce((total, affine) => total + costAlong(affine, loop), 0)
}

export const cheapestLoop = (affines: readonly Affine[], sizes: readonly number[], first: number): number => {
  let best = -1
  let least = Number.POSITIVE_INFINITY
  sizes.forEach((size, at) => {
    const cost = laneCost(affines, first + at, size)
    if (cost <= least) [best, least] = [first + at, cost]
  })
  return best
}

/** offset in bytes + the sum of stride * counter over the loops in `over`. */
export const bytesAt = (affine: Affine, over: readonly number[]): Text =>
  over.reduce((total, loop) => {
    const stride = affine.strides[loop] ?? 0
    return stride === 0 ? total : plus(total, scaled(get(counterName(loop)), stride * bytes))
  }, whole(0))

const indexAt = (index: Affine, loops: number): Text => {
  const at = Array.from({ length: loops }, (_, loop) => loop).reduce(
    (total, loop) => plus(total, scaled(get(counterName(loop)), index.strides[loop] ?? 0)),
    whole(index.offset),
  )
  return `(f32.convert_i32_s ${at})`
}

/** A pointer local for each distinct access of a block, keyed by what it reads. */
export interface Pointers {
  readonly names: ReadonlyMap<string, string>
  readonly lines: (over: readonly number[]) => readonly Text[]
  readonly advance: (loop: number, turns: number) => readonly Text[]
}

const pointerKey = ({ input, strides }: { readonly input: number; readonly strides: readonly number[] }): string =>
  `${input} ${strides.join()}`

export const pointersFor = (writer: Writer, prefix: string, body: readonly NestInstruction[]): Pointers => {
  const distinct = new Map(accessesOf(body).map(access => [pointerKey(access), access]))
  const names = new Map([...distinct.keys()].map((key, at) => [key, declare(writer, `${prefix}${at}`, 'i32')]))
  const each = [...distinct].map(([key, access]) => ({ access, name: names.get(key)! }))
  return {
    names,
    lines: over =>
      each.map(({ access, name }) =>
        set(name, plus(get(`in${access.input}`), bytesAt({ ...access, offset: 0 }, over))),
      ),
    advance: (loop, turns) =>
      each.flatMap(({ access, name }) => {
        const stride = access.strides[loop] ?? 0
        return stride === 0 ? [] : [set(name, plus(get(name), whole(stride * turns * bytes)))]
      }),
  }
}

export const lanesAlong = (loop: number, pointers: Pointers, loops: number, accumulated: Text): Lanes => ({
  loop,
  address: access => ({ base: get(pointers.names.get(pointerKey(access))!), offset: access.offset * bytes }),
  ramp: index => indexAt(index, loops),
  accumulated,
})

export const unrollFor = (body: readonly NestInstruction[]): number => {
  const heavy = body.some(
    instruction =>
      instruction.kind === 'apply' && ['exp', 'log', 'sin', 'cos', 'tanh', 'erf'].includes(instruction.operation),
  )
  return heavy ? 1 : body.length <= 8 ? 4 : body.length <= 20 ? 2 : 1
}

/** Runs `body` for every turn of the given outer loops, the first of which runs over the function's range. */
export const outerLoops = (
  loops: readonly number[],
  sizes: readonly number[],
  body: readonly Text[],
): readonly Text[] =>
  [...loops].reverse().reduce<readonly Text[]>((inner, loop, at) => {
    const counter = counterName(loop)
    if (at < loops.length - 1) return repeat(`loop_${counter}`, counter, sizes[loop], inner)
    return [set(counter, get('from')), ...loopWhile(`loop_${counter}`, counter, get('to'), whole(1), inner)]
  }, body)

export const gathered = (body: readonly NestInstruction[], output: Affine, loop: number): boolean =>
  [...accessesOf(body), output].some(affine => affine.strides[loop] > 1)

export interface Row {
  /** The loop that lanes run along. */
  readonly loop: number
  /** Where it ends, as text, and its size if that is the whole loop. */
  readonly end: Text
  readonly size: number | undefined
  /** The most vectors to do at one turn. */
  readonly unroll: number
}

/** A row of vectors: `turn(count, valid)` writes `count` vectors, of which the last one has `valid` lanes. */
export const vectorRow = (
  writer: Writer,
  { loop, end, size, unroll }: Row,
  turn: (count: number, valid: number) => readonly Text[],
  advance: (turns: number) => readonly Text[],
): readonly Text[] => {
  const counter = declare(writer, counterName(loop), 'i32')
  const limit = declare(writer, `limit${loop}`, 'i32')
  const stepped = (count: number): readonly Text[] => {
    const turns = count * lanesPerVector
    if (size !== undefined && size < turns) return []
    return [
      set(limit, plus(end, whole(1 - turns))),
      ...loopWhile(`row_${loop}_${count}`, counter, get(limit), whole(turns), [...turn(count, 4), ...advance(turns)]),
    ]
  }
  const rest = (count: number): readonly Text[] => turn(1, count)
  const remainder =
    size !== undefined
      ? size % lanesPerVector === 0
        ? []
        : rest(size % lanesPerVector)
      : [1, 2, 3].flatMap(count => when(`(i32.eq (i32.sub ${end} ${get(counter)}) ${whole(count)})`, rest(count)))
  return [...(unroll > 1 ? stepped(unroll) : []), ...stepped(1), ...remainder]
}

/** One element at a time, where the last lanes would be gathered from beyond the end. */
export const elementRow = (
  writer: Writer,
  { loop, end }: Row,
  turn: () => readonly Text[],
  advance: (turns: number) => readonly Text[],
): readonly Text[] => {
  const counter = declare(writer, counterName(loop), 'i32')
  return loopWhile(`element_${loop}`, counter, end, whole(1), [...turn(), ...advance(1)])
}

export const outputStores = (
  output: Affine,
  loop: number,
  pointer: string,
  value: Text,
  first: number,
  valid: number,
): readonly Text[] => {
  const stride = output.strides[loop] ?? 1
  const start = (output.offset + first * stride) * bytes
  if (stride === 1 || valid === 1) return storeFirst(valid, get(pointer), value, start)
  return Array.from(
    { length: valid },
    (_, lane) => `(v128.store32_lane offset=${start + lane * stride * bytes} ${lane} ${get(pointer)} ${value})`,
  )
}

/** A nest of one element as a nest with a loop of one turn. */
export const widened = (nest: Nest): Nest => {
  const wide = (affine: Affine): Affine => ({ offset: affine.offset, strides: [0, ...affine.strides] })
  const block = (body: readonly NestInstruction[]): readonly NestInstruction[] =>
    body.map(instruction => {
      if (instruction.kind === 'load')
        return { kind: 'load', access: { ...instruction.access, ...wide(instruction.access) } }
      return instruction.kind === 'ramp' ? { kind: 'ramp', index: wide(instruction.index) } : instruction
    })
  return {
    outer: [1],
    output: { offset: nest.output.offset, strides: [1] },
    reduction: nest.reduction && {
      operation: nest.reduction.operation,
      parts: nest.reduction.parts.map(part => ({ loops: part.loops, body: block(part.body) })),
    },
    body: block(nest.body),
  }
}

/** The parameters of every kernel function: input addresses, the output's, the thread's scratch, the range of units. */
export const parametersOf = (inputs: number): readonly string[] => [
  ...Array.from({ length: inputs }, (_, input) => `in${input}`),
  'out',
  'scratch',
  'from',
  'to',
]
