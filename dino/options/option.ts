// Options as data: what an option means, what it allows, and how to read it. One row says all of it, and the command line, its
// help, the check of a configuration file and the type of a configuration follow from the rows.

import * as E from 'fp-ts/lib/Either.js'
import { z } from 'zod'

/** One option: its meaning, what it allows in words, and the schema that reads it from text or JSON. */
export interface Option<T> {
  readonly meaning: string
  readonly allowed: string
  readonly schema: z.ZodType<T>
  /** How the value is written on the command line. */
  readonly value: 'number' | 'numbers' | 'word' | 'text' | 'switch'
}

/** The values of a record of options. */
export type Values<O> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never }

/** Why an option was refused. */
export interface OptionError {
  readonly kind: 'option'
  readonly option: string
  readonly allowed: string
  readonly came: string
}

/** Reads as `--batch: expected a whole number from 1 to 4096, came "many"`. */
export const showOptionError = ({ option, allowed, came }: OptionError): string =>
  `--${option}: expected ${allowed}, came ${came}`

const fromText = (value: unknown): unknown => {
  if (typeof value !== 'string') return value
  return value.trim() === '' ? Number.NaN : Number(value)
}

/** A whole number between two bounds, both allowed. */
export const whole = (least: number, most: number, meaning: string): Option<number> => ({
  meaning,
  allowed: `a whole number from ${least} to ${most}`,
  schema: z.preprocess(fromText, z.number().int().min(least).max(most)),
  value: 'number',
})

/** A number between two bounds, both allowed. */
export const number = (least: number, most: number, meaning: string): Option<number> => ({
  meaning,
  allowed: most === Number.POSITIVE_INFINITY ? `a number of at least ${least}` : `a number from ${least} to ${most}`,
  schema: z.preprocess(fromText, z.number().min(least).max(most)),
  value: 'number',
})

/** Two numbers in order, between bounds, written `low,high`. */
export const range = (least: number, most: number, meaning: string): Option<readonly [number, number]> => ({
  meaning,
  allowed: `two numbers from ${least} to ${most}, the smaller first, as low,high`,
  schema: z.preprocess(
    value => (typeof value === 'string' ? value.split(',').map(fromText) : value),
    z.tuple([z.number().min(least).max(most), z.number().min(least).max(most)]).refine(([low, high]) => low <= high),
  ),
  value: 'numbers',
})

/** One of some words. */
export const choice = <const W extends readonly [string, ...string[]]>(
  words: W,
  meaning: string,
): Option<W[number]> => ({
  meaning,
  allowed: `one of ${words.join(', ')}`,
  schema: z.enum(words) as z.ZodType<W[number]>,
  value: 'word',
})

/** Yes or no. */
export const onOff = (meaning: string): Option<boolean> => ({
  meaning,
  allowed: 'true or false',
  schema: z.preprocess(value => (value === 'true' ? true : value === 'false' ? false : value), z.boolean()),
  value: 'switch',
})

/** Any text that is not empty. */
export const text = (meaning: string, allowed = 'some text'): Option<string> => ({
  meaning,
  allowed,
  schema: z.string().min(1),
  value: 'text',
})

/** `learningRate` as it is written on a command line: `learning-rate`. */
export const flagName = (name: string): string => name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)

/** Reads the given values by their options; the first that is refused is the error. */
export const readOptions =
  <O extends Readonly<Record<string, Option<unknown>>>>(options: O) =>
  (given: Readonly<Record<string, unknown>>): E.Either<OptionError, Partial<Values<O>>> => {
    const read: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(given)) {
      const option = Object.hasOwn(options, name) ? options[name] : undefined
      const came = JSON.stringify(value) ?? 'nothing'
      if (option === undefined)
        return E.left({ kind: 'option', option: flagName(name), allowed: 'no such option', came })
      const parsed = option.schema.safeParse(value)
      if (!parsed.success) return E.left({ kind: 'option', option: flagName(name), allowed: option.allowed, came })
      read[name] = parsed.data
    }
    return E.right(read as Partial<Values<O>>)
  }
