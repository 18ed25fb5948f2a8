// WebAssembly text, folded: small spellings of what the printers need. Addresses are bytes; sizes and strides elsewhere count
// float32 elements of four bytes.

/** An expression of type i32 or v128 as WebAssembly text. */
export type Text = string

/** Bytes of a float. */
export const bytes = 4

/** Floats in a vector. */
export const lanesPerVector = 4

/** 0, 1, ..., count - 1. */
export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

/** The value of a local. */
export const get = (name: string): Text => `(local.get $${name})`
/** Puts a value into a local. */
export const set = (name: string, value: Text): Text => `(local.set $${name} ${value})`
/** A whole number. */
export const whole = (value: number): Text => `(i32.const ${value})`

const constantOf = (text: Text): number | undefined => {
  const match = /^\(i32\.const (-?\d+)\)$/.exec(text)
  return match === null ? undefined : Number(match[1])
}

/** left + right, folded where both are known or one is 0. */
export const plus = (left: Text, right: Text): Text => {
  const [a, b] = [constantOf(left), constantOf(right)]
  if (a !== undefined && b !== undefined) return whole(a + b)
  if (a === 0) return right
  return b === 0 ? left : `(i32.add ${left} ${right})`
}

/** left * factor, folded where it is known. */
export const scaled = (left: Text, factor: number): Text => {
  const a = constantOf(left)
  if (a !== undefined) return whole(a * factor)
  if (factor === 0) return whole(0)
  return factor === 1 ? left : `(i32.mul ${left} ${whole(factor)})`
}

/** A float32 in WebAssembly's notation. */
export const numberText = (value: number): Text => {
  const rounded = Math.fround(value)
  if (Number.isNaN(rounded)) return 'nan'
  if (!Number.isFinite(rounded)) return rounded > 0 ? 'inf' : '-inf'
  return Object.is(rounded, -0) ? '-0' : String(rounded)
}

/** The same float in all four lanes. */
export const splat = (value: number): Text => {
  const lane = numberText(value)
  return `(v128.const f32x4 ${lane} ${lane} ${lane} ${lane})`
}

/** The same 32-bit pattern in all four lanes. */
export const splatBits = (value: number): Text => `(v128.const i32x4 ${value} ${value} ${value} ${value})`

const at = (offset: number): string => (offset === 0 ? '' : ` offset=${offset}`)

/** Four neighbouring floats. */
export const load = (address: Text, offset = 0): Text => `(v128.load${at(offset)} ${address})`
/** One float in all lanes. */
export const loadSplat = (address: Text, offset = 0): Text => `(v128.load32_splat${at(offset)} ${address})`
/** Four of the eight lanes of two vectors: 0 to 3 of the left one, 4 to 7 of the right one. */
export const shuffle = (left: Text, right: Text, lanes: readonly number[]): Text => {
  const chosen = lanes.flatMap(lane => range(bytes).map(byte => lane * bytes + byte))
  return `(i8x16.shuffle ${chosen.join(' ')} ${left} ${right})`
}

/** Floats `stride` bytes apart: as many as are `valid`, and the first again in the other lanes. */
export const loadApart = (address: Text, offset: number, stride: number, valid: number): Text =>
  [1, 2, 3].reduce(
    (vector, lane) =>
      `(v128.load32_lane${at(offset + (lane < valid ? lane : 0) * stride)} ${lane} ${address} ${vector})`,
    `(v128.load32_zero${at(offset)} ${address})`,
  )
/** Stores four neighbouring floats. */
export const store = (address: Text, value: Text, offset = 0): Text => `(v128.store${at(offset)} ${address} ${value})`
/** Stores one lane. */
export const storeLane = (address: Text, value: Text, lane: number, offset = 0): Text =>
  `(v128.store32_lane${at(offset)} ${lane} ${address} ${value})`

/** Stores the first `count` lanes, 1 to 4, of a vector that is in a local. */
export const storeFirst = (count: number, address: Text, value: Text, offset = 0): readonly Text[] => {
  if (count === 4) return [store(address, value, offset)]
  if (count === 1) return [storeLane(address, value, 0, offset)]
  const pair = `(v128.store64_lane${at(offset)} 0 ${address} ${value})`
  return count === 2 ? [pair] : [pair, storeLane(address, value, 2, offset + 2 * bytes)]
}

/** Lines repeated while `counter` steps from `from` (already in it) to below `to`; nothing runs if it starts there. */
export const loopWhile = (
  label: string,
  counter: string,
  to: Text,
  step: Text,
  body: readonly Text[],
): readonly Text[] => [
  `(block $${label}_end`,
  `(br_if $${label}_end (i32.ge_s ${get(counter)} ${to}))`,
  `(loop $${label}`,
  ...body,
  set(counter, plus(get(counter), step)),
  `(br_if $${label} (i32.lt_s ${get(counter)} ${to}))`,
  '))',
]

/** Lines repeated `count` times, at least once, `counter` running from 0. */
export const repeat = (label: string, counter: string, count: number, body: readonly Text[]): readonly Text[] =>
  count === 1
    ? [set(counter, whole(0)), ...body]
    : [
        set(counter, whole(0)),
        `(loop $${label}`,
        ...body,
        set(counter, plus(get(counter), whole(1))),
        `(br_if $${label} (i32.lt_s ${get(counter)} ${whole(count)}))`,
        ')',
      ]

/** Lines where a condition holds. */
export const when = (condition: Text, body: readonly Text[]): readonly Text[] => [
  `(if ${condition} (then`,
  ...body,
  '))',
]

/** A function: its parameters, its other locals by type, its body, the type of its result if it has one. */
export const functionText = (
  name: string,
  parameters: readonly string[],
  locals: ReadonlyMap<string, string>,
  body: readonly Text[],
  result?: string,
): Text =>
  [
    `(func $${name}${parameters.map(parameter => ` (param $${parameter} i32)`).join('')}`,
    ...(result === undefined ? [] : [`(result ${result})`]),
    ...[...locals].map(([local, type]) => `(local $${local} ${type})`),
    ...body,
    ')',
  ].join('\n')
