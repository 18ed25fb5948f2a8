// WebAssembly statements as data, and loops, whose body is a function of the loop's counter. Code is a list of
// statements, and two pieces of code one after the other are the two lists joined. Labels, like locals, are told apart
// by identity.
//
//   repeat('row', 3, row => [store(plus(get(target), scaled(row, 4)), value)])    three stores in a loop of three turns

import { makeBy } from 'fp-ts/lib/ReadonlyArray.js'
import { apply, atLeast, below, get, type I32, type Local, local, plus, type Type, type Value, whole } from './value.ts'

/** The target of a branch: the end of a block, or the beginning of a loop. */
export interface Label {
  readonly hint: string
}

/** One statement. */
export type Statement =
  | { readonly kind: 'set'; readonly local: Local; readonly value: Value }
  /** An instruction without a result: a store, a copy, a call. */
  | { readonly kind: 'do'; readonly instruction: string; readonly operands: readonly Value[] }
  | { readonly kind: 'if'; readonly condition: I32; readonly then: Code; readonly otherwise: Code }
  | { readonly kind: 'block' | 'loop'; readonly label: Label; readonly body: Code }
  | { readonly kind: 'branch'; readonly to: Label; readonly condition: I32 | undefined }
  | { readonly kind: 'return'; readonly value: Value | undefined }

/** Statements, one after the other. */
export type Code = readonly Statement[]

/** A function: it takes its parameters, and its other locals are those that its body uses. */
export interface Function<T extends Type = Type> {
  readonly name: string
  readonly parameters: readonly Local[]
  readonly result: T | undefined
  readonly body: Code
}

/** A function as text, of which only the name is still known: what is left of one that is written and done with. */
export interface Printed {
  readonly name: string
  readonly text: string
}

/** A module: functions over one memory, which it is given. */
export interface Module {
  /** The memory's least and most pages, and whether threads share it. */
  readonly memory: { readonly pages: number; readonly most: number; readonly shared: boolean }
  readonly functions: readonly Printed[]
  /** Those of the functions that may be called from outside. */
  readonly exported: readonly Printed[]
}

/** A function of whole numbers. `hints` name its parameters, and `body` is given their values. */
export const functionOf = <T extends Type>(
  name: string,
  hints: readonly string[],
  result: T | undefined,
  body: (...parameters: readonly I32[]) => Code,
): Function<T> => {
  const parameters = hints.map(hint => local('i32', hint))
  return { name, parameters, result, body: body(...parameters.map(get)) }
}

/** Puts a value into a local. */
export const set = <T extends Type>(to: Local<T>, value: Value<T>): Statement => ({ kind: 'set', local: to, value })

/** An instruction that has no result. */
export const perform = (instruction: string, ...operands: readonly Value[]): Statement => ({
  kind: 'do',
  instruction,
  operands,
})

/** A call of a function without a result. */
export const call = ({ name }: Pick<Printed, 'name'>, ...operands: readonly Value[]): Statement =>
  perform(`call $${name}`, ...operands)

/** The result of a call. */
export const called = <T extends Type>({ name, result }: Function<T>, ...operands: readonly Value[]): Value<T> =>
  apply(result!, `call $${name}`, ...operands)

/** Code written out `count` times, one copy after the other; `copy` gets the number of its turn, from 0. */
export const unrolled = (count: number, copy: (turn: number) => Code): Code => makeBy(count, copy).flat()

/** Code where a condition is not 0. */
export const when = (condition: I32, then: Code, otherwise: Code = []): Statement => ({
  kind: 'if',
  condition,
  then,
  otherwise,
})

/** Code that ends with its last statement, or where something in it branches to the label. */
export const block = (hint: string, body: (end: Label) => Code): Statement => {
  const label = { hint }
  return { kind: 'block', label, body: body(label) }
}

/** Goes to a label, always or where a condition is not 0. */
export const branch = (to: Label, condition?: I32): Statement => ({ kind: 'branch', to, condition })

/** Ends a function. */
export const giveBack = (value?: Value): Statement => ({ kind: 'return', value })

/** Code that begins again wherever something in it branches to the label. */
export const again = (hint: string, body: (start: Label) => Code): Statement => {
  const label = { hint }
  return { kind: 'loop', label, body: body(label) }
}

/**
 * Code repeated while `counter`, which is set already, is below `to`, in steps of `step`; none where it is not. Code
 * after the loop may read the counter. `body` gets the label of its end, to leave the loop.
 */
export const loopWhile = (counter: Local<'i32'>, to: I32, step: number, body: (end: Label) => Code): Statement =>
  block(`${counter.hint}_end`, end => [
    branch(end, atLeast(get(counter), to)),
    again(counter.hint, start => [
      ...body(end),
      set(counter, plus(get(counter), whole(step))),
      branch(start, below(get(counter), to)),
    ]),
  ])

/** Code repeated `count` times, at least once, with `counter` running from 0. */
export const repeatWith = (counter: Local<'i32'>, count: number, body: Code): Code =>
  count === 1
    ? [set(counter, whole(0)), ...body]
    : [
        set(counter, whole(0)),
        again(counter.hint, start => [
          ...body,
          set(counter, plus(get(counter), whole(1))),
          branch(start, below(get(counter), whole(count))),
        ]),
      ]

/** Code repeated `count` times, at least once; `body` gets the number of its turn, from 0. */
export const repeat = (hint: string, count: number, body: (turn: I32) => Code): Code => {
  const counter = local('i32', hint)
  return repeatWith(counter, count, body(get(counter)))
}
