// The kinds of options: each is a function from the values that an option allows, its usual value and its meaning to a
// row. An option whose usual value is `undefined` may be left out.
//
//   whole([1, 65536], 64, 'images in a batch')

import { z } from 'zod'
import type { Option, Spelling } from './option.ts'

/** The least and the greatest value, both allowed. */
type Bounds = readonly [least: number, most: number]

/** Text that is no number stays text, which no schema of numbers allows. */
const toNumber = (text: unknown): unknown =>
  typeof text === 'string' && text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text

const numeric: Spelling = { placeholder: '<number>', fromText: toNumber }
const paired: Spelling = {
  placeholder: '<low,high>',
  fromText: text => (typeof text === 'string' && text.includes(',') ? text.split(',').map(toNumber) : text),
}
const word: Spelling = { placeholder: '<word>', fromText: text => text }
const free: Spelling = { placeholder: '<text>', fromText: text => text }
const switched: Spelling = {
  placeholder: '[true|false]',
  fromText: text => (text === 'true' ? true : text === 'false' ? false : text),
}

/** A row of numbers within bounds, of the kind that `schema` and the words for it say. */
const numbers =
  (kind: string, schema: z.ZodNumber) =>
  <D extends number | undefined>([least, most]: Bounds, usual: D, meaning: string): Option<number | D> => ({
    kind: 'option',
    meaning,
    allowed: `${kind} from ${least} to ${most}`,
    schema: schema.min(least).max(most),
    usual,
    spelling: numeric,
  })

/** A whole number. */
export const whole = numbers('a whole number', z.number().int())

/** A number. */
export const number = numbers('a number', z.number())

/** A part of something, or a probability: a number from 0 to 1. */
export const share = (usual: number, meaning: string): Option<number> => number([0, 1], usual, meaning)

/** Two numbers in order, `low,high` on the command line. */
export const range = (
  [least, most]: Bounds,
  usual: readonly [low: number, high: number],
  meaning: string,
): Option<readonly [low: number, high: number]> => {
  const end = z.number().min(least).max(most)
  return {
    kind: 'option',
    meaning,
    allowed: `two numbers from ${least} to ${most}, the smaller first, as low,high`,
    schema: z
      .tuple([end, end])
      .readonly()
      .refine(([low, high]) => low <= high),
    usual,
    spelling: paired,
  }
}

/** One of some words. */
export const choice = <const W extends readonly [string, ...string[]], const D extends W[number] | undefined>(
  words: W,
  usual: D,
  meaning: string,
): Option<W[number] | D> => ({
  kind: 'option',
  meaning,
  allowed: `one of ${words.join(', ')}`,
  schema: z.enum(words) as z.ZodType<W[number]>,
  usual,
  spelling: word,
})

/** Yes or no. */
export const onOff = (usual: boolean, meaning: string): Option<boolean> => ({
  kind: 'option',
  meaning,
  allowed: 'true or false',
  schema: z.boolean(),
  usual,
  spelling: switched,
})

/** Text that is not empty. */
export const text = <D extends string | undefined>(
  usual: D,
  meaning: string,
  allowed = 'some text',
): Option<string | D> => ({ kind: 'option', meaning, allowed, schema: z.string().min(1), usual, spelling: free })

/** The option under another flag; `*` in it stands for the name of the record that the option is in. */
export const called = <T>(flag: string, option: Option<T>): Option<T> => ({ ...option, flag })

/** The same option, of which a run that goes on may have another value. */
export const changeable = <T>(option: Option<T>): Option<T> => ({ ...option, changeable: true })

/** A number of steps, or of minutes: `500` or `'10min'`. */
export type StepsOrMinutes = number | `${number}min`

/** How often something is done: after so many steps, or after so many minutes. */
export const stepsOrMinutes = (usual: StepsOrMinutes, meaning: string): Option<StepsOrMinutes> => ({
  kind: 'option',
  meaning,
  allowed: 'a whole number of steps from 0 to 1000000000, or of minutes as 10min',
  schema: z.union([
    z
      .number()
      .int()
      .min(0)
      .max(10 ** 9),
    z.string().regex(/^(?:0\.\d*[1-9]|[1-9]\d{0,5}(?:\.\d+)?)min$/),
  ]) as z.ZodType<StepsOrMinutes>,
  usual,
  spelling: { placeholder: '<steps|minutes>', fromText: toNumber },
})
