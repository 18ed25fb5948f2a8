// What the printers of kernels share: what a function is given, counters, and pointers into its buffers. A function takes the
// byte addresses of its buffers and a range of units, which are turns of one of its loops: threads split the range, and steps
// that share rows run block by block.

import type { Affine, NestInstruction } from '../../../loops/nest.ts'
import { accessesOf, declare, type Lanes, type Writer } from './point.ts'
import { bytes, get, plus, range, scaled, set, storeFirst, storeLane, type Text, whole } from './text.ts'

/** A function and the units that its range counts: turns of one outer loop, or groups of them. */
export interface Written {
  readonly text: Text
  readonly units: number
  readonly unitLoop: number
  /** Turns of the loop in one unit; the last unit may have fewer. */
  readonly unitSize: number
}

/** The local that counts a loop's turns. */
export const counterName = (loop: number): string => `c${loop}`

/** offset in bytes + the sum of stride * counter over the loops in `over`. */
export const bytesAt = (affine: Affine, over: readonly number[]): Text =>
  over.reduce((total, loop) => {
    const stride = affine.strides[loop] ?? 0
    return stride === 0 ? total : plus(total, scaled(get(counterName(loop)), stride * bytes))
  }, whole(0))

const indexAt = (index: Affine, loops: number): Text => {
  const at = range(loops).reduce(
    (total, loop) => plus(total, scaled(get(counterName(loop)), index.strides[loop] ?? 0)),
    whole(index.offset),
  )
  return `(f32.convert_i32_s ${at})`
}

/** A pointer local for each distinct access of a block, keyed by what it reads. */
export interface Pointers {
  readonly names: ReadonlyMap<string, string>
  /** Points them where the counters of the loops in `over` say. */
  readonly lines: (over: readonly number[]) => readonly Text[]
  /** Moves them on by some turns of a loop. */
  readonly advance: (loop: number, turns: number) => readonly Text[]
}

const pointerKey = ({ input, strides }: { readonly input: number; readonly strides: readonly number[] }): string =>
  `${input} ${strides.join()}`

/** Pointers for the accesses of a block, in locals that begin with `prefix`. */
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

/** Lanes along `loop`, or -1 for one element, of a block in a nest of so many loops. */
export const lanesAlong = (loop: number, pointers: Pointers, loops: number, accumulated: Text): Lanes => ({
  loop,
  address: access => ({ base: get(pointers.names.get(pointerKey(access))!), offset: access.offset * bytes }),
  ramp: index => indexAt(index, loops),
  accumulated,
})

/** Stores the first `valid` lanes of a vector that begins `first` turns of `loop` after where `pointer` points. */
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
  return range(valid).map(lane => storeLane(get(pointer), value, lane, start + lane * stride * bytes))
}

/** The parameters of every kernel function: input addresses, the output's, the thread's scratch, the range of units. */
export const parametersOf = (inputs: number): readonly string[] => [
  ...range(inputs).map(input => `in${input}`),
  'out',
  'scratch',
  'from',
  'to',
]
