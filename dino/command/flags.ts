// Options as flags of the command line: one flag for each row, with its meaning, the values that it allows and its
// usual value. Commander parses the flags and leaves their values as text; the rows read and check them.
//
//   --batch <number>  images in a batch: a whole number from 1 to 65536 (64)

import { type Command, Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Options, Values } from '../options/option.ts'
import { flagName, type Given, leavesOfOptions, readGiven, valueAt } from '../options/option-values.ts'
import { type FailureOf, failure } from '../run/failure.ts'

/** A value as it is written on the command line. */
export const written = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value))

/** Adds a flag for every option; `values` has those that are taken where nothing is given, to be shown in the help. */
export const addOptions =
  (options: Options, values: object) =>
  (command: Command): Command => {
    for (const { path, flag, option } of leavesOfOptions(options)) {
      const { meaning, allowed, spelling } = option
      const usual = valueAt(values, path)
      const described = `${meaning}: ${allowed}${usual === undefined ? '' : ` (${written(usual)})`}`
      command.addOption(new Option(`--${flag} ${spelling.placeholder}`, described))
    }
    return command
  }

/** The values of options, given by flag or usual. */
export const readFlags =
  <O extends Options>(options: O) =>
  (given: Given): E.Either<FailureOf<'option'>, Values<O>> =>
    pipe(readGiven(options)(given), E.mapLeft(failure('option')))

/** The values of a command by flag, from commander's names for them. */
export const givenFrom = (values: Readonly<Record<string, unknown>>): Given =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [flagName(name), value]))
