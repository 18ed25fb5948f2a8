// An option as data: a row has its meaning, the values that it allows, how one is read, and its usual value. Rows stand
// beside the code that they configure; types, flags, help and the check of a file are made from them. The row
//
//   batch: whole([1, 65536], 64, 'images in a batch')
//
// is a number to TypeScript, `"batch": 64` in a file, and in the help
//
//   --batch <number>  images in a batch: a whole number from 1 to 65536 (64)

import type { z } from 'zod'

/** How a value is written after its flag, and how that text becomes what a file would hold. */
export interface Spelling {
  readonly placeholder: string
  readonly fromText: (text: unknown) => unknown
}

/** One option. A `T` that may be undefined has no value where none is given. */
export interface Option<T> {
  readonly kind: 'option'
  readonly meaning: string
  /** The values that are allowed, in words. */
  readonly allowed: string
  /** Checks a value as a file holds it: numbers are numbers there, and not text. */
  readonly schema: z.ZodType<T>
  /** The value where none is given. */
  readonly usual: T
  readonly spelling: Spelling
  /** The flag, if that is not the option's own name; `*` stands for the name of the record that the option is in. */
  readonly flag?: string
  /** Whether a run that goes on may have another value: what its steps compute does not depend on it, or says so. */
  readonly changeable?: true
}

/** Options by name, in records within records. */
export interface Options {
  readonly [name: string]: Option<unknown> | Options
}

/** The values of options. */
export type Values<O> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : Values<O[K]> }

/** Some of the values of options. */
export type Changes<O> = { readonly [K in keyof O]?: O[K] extends Option<infer T> ? T : Changes<O[K]> }

/** A value that was refused: where it stands, what is allowed there, and what came. */
export interface Refusal {
  readonly name: string
  readonly allowed: string
  readonly came: string
}

/** Reads as `--batch: expected a whole number from 1 to 65536, came "many"`. */
export const showRefusal = ({ name, allowed, came }: Refusal): string => `${name}: expected ${allowed}, came ${came}`

const longest = 100

/** A value that came, as text of at most a hundred characters. */
export const cameAs = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > longest ? `${text.slice(0, longest)}...` : text
}
