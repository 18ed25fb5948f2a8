// The machine that a pickle of Python is a program for: the bytes and how far they are read, a stack of values, marks
// on it, and values that are remembered. All of this takes from the bytes or the stack, and is undefined where they
// have too little. After `X 3 0 0 0 a b c` (opcode 0x58) the stack has "abc" on its top.

import * as E from 'fp-ts/lib/Either.js'

/** A function or class of Python, by its name only. */
export interface Named {
  readonly kind: 'global'
  readonly name: string
}

/** Values of a pickle: those of Python, and `T`, which calls and references from outside give. */
export type Pickled<T> =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Pickled<T>[]
  | PickledRecord<T>
  | Named
  | { readonly kind: 'outside'; readonly value: T }

/** A dictionary of Python. */
export interface PickledRecord<T> {
  readonly kind: 'record'
  readonly entries: Map<Pickled<T>, Pickled<T>>
}

/** The meaning of what a pickle does not build itself. */
export interface Outside<T> {
  /** The value of a reference to outside the pickle. */
  readonly reference: (id: Pickled<T>) => E.Either<string, Pickled<T>>
  /** The value of a function of Python for some arguments. */
  readonly call: (name: string, args: readonly Pickled<T>[]) => E.Either<string, Pickled<T>>
}

/** A machine in the middle of a pickle. Lists and dictionaries on its stack are still being filled. */
export interface Machine<T> {
  readonly bytes: Uint8Array
  readonly outside: Outside<T>
  readonly stack: Pickled<T>[]
  readonly marks: number[]
  readonly memo: Map<number, Pickled<T>>
  at: number
}

/** The reason why a pickle is refused, or nothing. */
export type Refused = string | undefined

/** One opcode. */
export type Act = <T>(machine: Machine<T>) => Refused

/** The reason where bytes or stack have too little. */
export const short = 'it is cut short, or takes from an empty stack'

/** A dictionary without entries. */
export const emptyRecord = <T>(): PickledRecord<T> => ({ kind: 'record', entries: new Map() })

/** Whether a value is a dictionary. */
export const isRecord = <T>(value: Pickled<T> | undefined): value is PickledRecord<T> =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'record'

/** Whether a value is a list or a tuple. */
export const isList = <T>(value: Pickled<T> | undefined): value is readonly Pickled<T>[] => Array.isArray(value)

/** Whether a value is a function or class. */
export const isNamed = <T>(value: Pickled<T> | undefined): value is Named =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'global'

/** So many bytes. */
export const take = <T>(machine: Machine<T>, count: number): Uint8Array | undefined => {
  const from = machine.at
  if (from + count > machine.bytes.length) return undefined
  machine.at += count
  return machine.bytes.subarray(from, from + count)
}

/** An unsigned little-endian number of up to six bytes. */
export const unsigned = <T>(machine: Machine<T>, count: number): number | undefined =>
  take(machine, count)?.reduceRight((number, byte) => 256 * number + byte, 0)

/** Puts a value on the stack. */
export const push = <T>(machine: Machine<T>, value: Pickled<T> | undefined): Refused => {
  if (value === undefined) return short
  machine.stack.push(value)
  return undefined
}

/** Takes the top of the stack; what is below the last mark cannot be taken. */
export const pop = <T>({ stack, marks }: Machine<T>): Pickled<T> | undefined =>
  stack.length > (marks[marks.length - 1] ?? 0) ? stack.pop() : undefined

/** The top of the stack, which stays. */
export const topOf = <T>({ stack }: Machine<T>): Pickled<T> | undefined => stack[stack.length - 1]

/** Everything above the last mark, which goes too. */
export const marked = <T>({ stack, marks }: Machine<T>): Pickled<T>[] | undefined => {
  const mark = marks.pop()
  return mark === undefined ? undefined : stack.splice(mark)
}

/** So many values from the top, in the order in which they came. */
export const popped = <T>(machine: Machine<T>, count: number): Pickled<T>[] | undefined => {
  const values = Array.from({ length: count }, () => pop(machine)).reverse()
  return values.every(value => value !== undefined) ? values : undefined
}

/** Text of so many bytes. */
export const text = <T>(machine: Machine<T>, length: number | undefined): string | undefined => {
  const bytes = length === undefined ? undefined : take(machine, length)
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}

/** Text to the end of its line. */
export const line = <T>(machine: Machine<T>): string | undefined => {
  const end = machine.bytes.indexOf(10, machine.at)
  const read = end < 0 ? undefined : text(machine, end - machine.at)
  machine.at += 1
  return read
}

/** A signed little-endian number of so many bytes. */
export const signed = <T>(machine: Machine<T>, length: number | undefined): bigint | number | undefined => {
  const bytes = length === undefined ? undefined : take(machine, length)
  const positive = bytes?.reduceRight((number, byte) => 256n * number + BigInt(byte), 0n)
  if (bytes === undefined || positive === undefined) return undefined
  const value = BigInt.asIntN(8 * bytes.length, positive)
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/** A big-endian float64. */
export const float = <T>(machine: Machine<T>): number | undefined => {
  const bytes = take(machine, 8)
  return bytes && new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0)
}

/** Adds values to the list on the top. */
export const append = <T>(machine: Machine<T>, values: readonly Pickled<T>[] | undefined): Refused => {
  const list = topOf(machine)
  if (values === undefined || !isList(list)) return short
  for (const value of values) (list as Pickled<T>[]).push(value)
  return undefined
}

/** Adds keys and values in turn to the dictionary on the top; no key may be there twice. */
export const setItems = <T>(machine: Machine<T>, items: readonly Pickled<T>[] | undefined): Refused => {
  const record = topOf(machine)
  if (items === undefined || items.length % 2 > 0 || !isRecord(record)) return short
  for (let at = 0; at < items.length; at += 2) {
    if (record.entries.has(items[at])) return `${JSON.stringify(String(items[at]))} stands twice in one dictionary`
    record.entries.set(items[at], items[at + 1])
  }
  return undefined
}

/** A function or class by its module and name. */
export const named = <T>(machine: Machine<T>, module: unknown, name: unknown): Refused =>
  typeof module === 'string' && typeof name === 'string'
    ? push(machine, { kind: 'global', name: `${module}.${name}` })
    : short

/** Puts a value on the stack that may be refused. */
export const given = <T>(machine: Machine<T>, value: E.Either<string, Pickled<T>>): Refused =>
  E.isLeft(value) ? value.left : push(machine, value.right)
