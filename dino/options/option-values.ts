// Records of options, and everything that is computed from them: flags, usual values, values with changes, and values
// that are read. From a command line they come as text, and an option without a flag has its usual value; from a file
// they come as JSON, and every option must be there.

import { isNonEmpty } from 'fp-ts/lib/Array.js'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import { type Changes, cameAs, type Option, type Options, type Refusal, type Values } from './option.ts'

/** An option in its records: the path to it, its flag without dashes, and the option. */
export interface Leaf {
  /** As in `schedules.learningRate.final`. */
  readonly path: readonly string[]
  /** As in `final-learning-rate`. */
  readonly flag: string
  readonly option: Option<unknown>
}

/** Values by flag, as a command line gives them: text, or `true` for a switch alone. */
export type Given = Readonly<Record<string, unknown>>

const isOption = (row: Option<unknown> | Options): row is Option<unknown> => row.kind === 'option'

/** `learningRate` as it is written on a command line: `learning-rate`. */
export const flagName = (name: string): string => name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)

const flagOf = (option: Option<unknown>, path: readonly string[]): string =>
  option.flag?.replace('*', flagName(path[path.length - 2] ?? '')) ?? flagName(path[path.length - 1])

/** All options of some records, in the order in which they are written. */
export const leavesOfOptions = (options: Options, before: readonly string[] = []): readonly Leaf[] =>
  Object.entries(options).flatMap(([name, row]) => {
    const path = [...before, name]
    return isOption(row) ? [{ path, flag: flagOf(row, path), option: row }] : leavesOfOptions(row, path)
  })

/** The value at a path of a record; undefined where there is none. */
export const valueAt = (record: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (found, name) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, name)
        ? (found as Readonly<Record<string, unknown>>)[name]
        : undefined,
    record,
  )

/** A record like that of the options, with a value for each. */
const fill = (
  options: Options,
  value: (leaf: Pick<Leaf, 'path' | 'option'>) => unknown,
  before: readonly string[] = [],
) =>
  Object.fromEntries(
    Object.entries(options).map(([name, row]): [string, unknown] => {
      const path = [...before, name]
      return [name, isOption(row) ? value({ path, option: row }) : fill(row, value, path)]
    }),
  )

/** The usual values. */
export const usualValues = <O extends Options>(options: O): Values<O> =>
  fill(options, ({ option }) => option.usual) as Values<O>

/** Values with changes, at any depth. */
export const amend =
  <O extends Options>(options: O) =>
  (values: Values<O>, changes: Changes<O>): Values<O> =>
    fill(options, ({ path }) => valueAt(changes, path) ?? valueAt(values, path)) as Values<O>

/** Values with those that were given by flag in place of their own; the first that is refused is the error. */
export const withGiven =
  <O extends Options>(options: O) =>
  (values: Values<O>, given: Given): E.Either<Refusal, Values<O>> => {
    const read = new Map<string, unknown>()
    for (const { path, flag, option } of leavesOfOptions(options)) {
      if (!Object.hasOwn(given, flag)) continue
      const parsed = option.schema.safeParse(option.spelling.fromText(given[flag]))
      if (!parsed.success) return E.left({ name: `--${flag}`, allowed: option.allowed, came: cameAs(given[flag]) })
      read.set(path.join('.'), parsed.data)
    }
    return E.right(fill(options, ({ path }) => read.get(path.join('.')) ?? valueAt(values, path)) as Values<O>)
  }

/** Values given by flag, the others as usual. */
export const readGiven =
  <O extends Options>(options: O) =>
  (given: Given): E.Either<Refusal, Values<O>> =>
    withGiven(options)(usualValues(options), given)

const wrongAt = (row: Option<unknown> | Options, value: unknown, path: readonly string[]): readonly Refusal[] => {
  const refused = (allowed: string): Refusal => ({ name: path.join('.') || 'the whole', allowed, came: cameAs(value) })
  if (isOption(row)) return row.schema.safeParse(value).success ? [] : [refused(row.allowed)]
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [refused(`a record of ${Object.keys(row).join(', ')}`)]
  const strange = Object.entries(value)
    .filter(([name]) => !Object.hasOwn(row, name))
    .map(([name, own]) => ({ name: [...path, name].join('.'), allowed: 'no such option', came: cameAs(own) }))
  return [
    ...Object.entries(row).flatMap(([name, own]) => wrongAt(own, valueAt(value, [name]), [...path, name])),
    ...strange,
  ]
}

/** Values from JSON, every one of them given and nothing else; all that is wrong is the error. */
export const readRecord =
  <O extends Options>(options: O) =>
  (json: unknown): E.Either<NonEmptyArray<Refusal>, Values<O>> =>
    pipe([...wrongAt(options, json, [])], wrong => (isNonEmpty(wrong) ? E.left(wrong) : E.right(json as Values<O>)))
