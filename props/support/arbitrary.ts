// One arbitrary for a whole problem: tensors that share named axes, and choices such as temperatures. Axes are linked
// by name, so a size is drawn once and shrinks in every tensor at once. Values lie on a dyadic grid, on which shifting,
// scaling by powers of two and averaging are exact, so that the error of a law is the error of the program under it;
// they are drawn from several families, since ties, spikes, constant rows and tiny values never come from one
// distribution.

import type * as fc from 'fast-check'
import { compiler, type Sizes } from '../../lib/index.ts'
import { onceIn, oneOf, shrinkable, simplerData } from './shrinkable.ts'
import { type Given, given, pick, showData } from './tensors.ts'

interface Kind {
  /** The common case: a point of a grid. */
  readonly grid: (random: fc.Random) => number
  /** One of very few values, so that ties are likely. */
  readonly tie: readonly number[]
  /** The simplest value. */
  readonly rest: number
  /** The factor of tiny values. */
  readonly tiny: number
}

const real: Kind = { grid: random => random.nextInt(-512, 512) / 64, tie: [-1, 0, 1], rest: 0, tiny: 2 ** -12 }

const kinds = {
  /** Multiples of 1/64 in [-8, 8]. */
  real,
  /** Whole numbers in [-64, 64]: sums of products of up to 4096 of them are exact even in float32. */
  integer: { grid: random => random.nextInt(-64, 64), tie: [-1, 0, 1], rest: 0, tiny: 1 },
  /** Multiples of 1/64 in (0, 8]. */
  positive: { grid: random => random.nextInt(1, 512) / 64, tie: [0.5, 1, 2], rest: 1, tiny: 2 ** -12 },
  /** Multiples of 1/64 in [0, 1]. */
  fraction: { grid: random => random.nextInt(0, 64) / 64, tie: [0, 0.5, 1], rest: 0, tiny: 2 ** -6 },
  /** Multiples of 1/4 about 0, no two of them equal: for functions with kinks. */
  distinct: real,
} satisfies Record<string, Kind>

type KindName = keyof typeof kinds

/** How a tensor of a problem is drawn. */
export interface Drawn<A extends string> {
  readonly axes: readonly A[]
  readonly kind: KindName
}

const drawn =
  (kind: KindName) =>
  <A extends string = never>(...axes: A[]): Drawn<A> => ({ axes, kind })

/** Multiples of 1/64 in [-8, 8]. */
export const reals = drawn('real')
/** Whole numbers in [-64, 64]. */
export const integers = drawn('integer')
/** Multiples of 1/64 in (0, 8]. */
export const positives = drawn('positive')
/** Multiples of 1/64 in [0, 1]. */
export const fractions = drawn('fraction')
/** Multiples of 1/4 about 0, no two equal. */
export const distincts = drawn('distinct')

type Ranges<D extends string> = Readonly<Record<D, readonly [least: number, most: number]>>
type Tensors<D extends string> = Readonly<Record<string, Drawn<D>>>
type Choices = Readonly<Record<string, readonly (number | string | boolean)[]>>

/** What a problem consists of: the range of each size, the tensors, and choices, the simplest of each first. */
interface Statement<D extends string, T, C> {
  readonly dims: Ranges<D>
  readonly tensors: T
  readonly choices?: C
}

/** A problem as a law sees it: each tensor and each choice under its name, and the sizes. */
export type Problem<D extends string, T, C> = {
  readonly [K in keyof T]: T[K] extends Drawn<infer A> ? Given<A> : never
} & { readonly [K in keyof C]: C[K] extends readonly (infer V)[] ? V : never } & { readonly sizes: Sizes<D> }

/** A problem without its types. */
interface Raw {
  readonly sizes: Sizes
  readonly tensors: ReadonlyMap<string, Given<string>>
  readonly choices: ReadonlyMap<string, number | string | boolean>
}

const shuffled = (random: fc.Random, count: number): readonly number[] => {
  const order = Array.from({ length: count }, (_, at) => at)
  for (let last = count - 1; last > 0; last -= 1) {
    const other = random.nextInt(0, last)
    ;[order[last], order[other]] = [order[other], order[last]]
  }
  return order
}

/** Values of a kind: six times in ten the grid, else ties, one spike, constant rows, or tiny values. */
export const drawData = (random: fc.Random, name: KindName, sizes: Sizes, axes: readonly string[]): Float64Array => {
  const { grid, tie, rest, tiny } = kinds[name]
  const count = compiler.elements(sizes)
  if (name === 'distinct') return Float64Array.from(shuffled(random, count), rank => (rank - (count >> 1)) / 4)
  const fill = (value: (at: number) => number) => Float64Array.from({ length: count }, (_, at) => value(at))
  const family = random.nextInt(0, 9)
  if (family === 6) return fill(() => oneOf(random, tie))
  const spike = random.nextInt(0, count - 1)
  if (family === 7) return fill(() => rest).fill(grid(random), spike, spike + 1)
  const row = sizes[axes[axes.length - 1]] ?? 1
  const rows = fill(() => grid(random))
  if (family === 8) return rows.map((_, at) => rows[at - (at % row)])
  return family === 9 ? rows.map(value => value * tiny) : rows
}

const drawSizes = (random: fc.Random, ranges: Ranges<string>): Sizes => {
  const clamp = (size: number, [least, most]: readonly [number, number]) => Math.min(Math.max(size, least), most)
  const collide = onceIn(random, 4)
  const common = random.nextInt(1, Math.max(...Object.values(ranges).map(([, most]) => most)))
  const size = ([least, most]: readonly [number, number]) => {
    if (collide) return clamp(common, [least, most])
    return onceIn(random, 6) ? least : random.nextInt(least, most)
  }
  return Object.fromEntries(Object.entries(ranges).map(([axis, range]) => [axis, size(range)]))
}

const sizesOf = (sizes: Sizes, axes: readonly string[]): Sizes =>
  Object.fromEntries(axes.map(axis => [axis, sizes[axis]]))

const shorten = (raw: Raw, axis: string, size: number): Raw => {
  const kept = Array.from({ length: size }, (_, at) => at)
  const cut = (x: Given<string>) => (axis in x.sizes ? pick(axis, kept)(x) : x)
  return {
    ...raw,
    sizes: { ...raw.sizes, [axis]: size },
    tensors: new Map([...raw.tensors].map(([name, x]) => [name, cut(x)])),
  }
}

/** Smaller sizes for one axis, jointly in all tensors. */
function* smallerSizes(raw: Raw, ranges: Ranges<string>): Generator<Raw> {
  for (const axis in ranges) {
    const size = raw.sizes[axis]
    const [least] = ranges[axis]
    for (const smaller of new Set([least, Math.ceil((least + size) / 2), size - 1]))
      if (smaller < size && smaller >= least) yield shorten(raw, axis, smaller)
  }
}

function* simplerChoices(raw: Raw, choices: Choices): Generator<Raw> {
  for (const [name, value] of raw.choices)
    for (const simpler of choices[name].slice(0, choices[name].indexOf(value)))
      yield { ...raw, choices: new Map([...raw.choices, [name, simpler]]) }
}

function* simplerTensors(raw: Raw, tensors: Tensors<string>): Generator<Raw> {
  for (const [name, { sizes, data }] of raw.tensors) {
    if (tensors[name].kind === 'distinct') continue
    for (const simpler of simplerData(data, kinds[tensors[name].kind].rest))
      yield { ...raw, tensors: new Map([...raw.tensors, [name, given(sizes, simpler)]]) }
  }
}

const show = ({ sizes, tensors, choices }: Raw): string => {
  const settings = [...Object.entries(sizes), ...choices].map(([name, value]) => `${name}=${value}`)
  const values = [...tensors].map(
    ([name, x]) => `\n      ${name}(${Object.keys(x.sizes)}) ${showData(x.sizes, x.data)}`,
  )
  return settings.join(' ') + values.join('')
}

const open = <P>({ sizes, tensors, choices }: Raw): P =>
  ({ ...Object.fromEntries(tensors), ...Object.fromEntries(choices), sizes }) as P

const closed = (value: Readonly<Record<string, unknown>>, tensors: Tensors<string>, choices: Choices): Raw => ({
  sizes: value.sizes as Sizes,
  tensors: new Map(Object.keys(tensors).map(name => [name, value[name] as Given<string>])),
  choices: new Map(Object.keys(choices).map(name => [name, value[name] as number | string | boolean])),
})

/** Problems of one form. */
export const problem = <
  D extends string,
  T extends Tensors<D>,
  const C extends Choices = Readonly<Record<never, readonly []>>,
>({
  dims,
  tensors,
  choices: chosen,
}: Statement<D, T, C>): fc.Arbitrary<Problem<D, T, C>> => {
  const choices: Choices = chosen ?? {}
  const draw = (random: fc.Random): Problem<D, T, C> => {
    const sizes = drawSizes(random, dims)
    const data = ({ axes, kind }: Drawn<string>) => {
      const own = sizesOf(sizes, axes)
      return given(own, drawData(random, kind, own, axes))
    }
    return open({
      sizes,
      tensors: new Map(Object.entries(tensors).map(([name, tensor]) => [name, data(tensor)])),
      choices: new Map(Object.entries(choices).map(([name, options]) => [name, oneOf(random, options)])),
    })
  }
  function* simpler(value: Problem<D, T, C>): Generator<Problem<D, T, C>> {
    const raw = closed(value, tensors, choices)
    for (const smaller of smallerSizes(raw, dims)) yield open(smaller)
    for (const other of simplerChoices(raw, choices)) yield open(other)
    for (const other of simplerTensors(raw, tensors)) yield open(other)
  }
  return shrinkable({ draw, simpler, show: value => show(closed(value, tensors, choices)) })
}
