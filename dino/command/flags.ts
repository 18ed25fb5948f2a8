// Options on the command line: one flag for each row, with its meaning, what it allows and its usual value. Values stay text
// in commander's hands; the rows read and check them.

import { type Command, Option } from 'commander'
import type * as E from 'fp-ts/lib/Either.js'
import { flagName, type OptionError, type Option as Row, readOptions, type Values } from '../options/option.ts'

/** Options by name. */
export type Rows = Readonly<Record<string, Row<unknown>>>

/** Values as commander has them. */
export type Given = Readonly<Record<string, unknown>>

const placeholders: Readonly<Record<Row<unknown>['value'], string>> = {
  number: '<number>',
  numbers: '<low,high>',
  word: '<word>',
  text: '<text>',
  switch: '[true|false]',
}

const written = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value))

/** Adds a flag for every row; `usual` has the values that are taken where nothing is given, to be shown in the help. */
export const addOptions =
  (rows: Rows, usual: Given = {}) =>
  (command: Command): Command => {
    for (const [name, { meaning, allowed, value }] of Object.entries(rows)) {
      const described = `${meaning}: ${allowed}${usual[name] === undefined ? '' : ` (${written(usual[name])})`}`
      command.addOption(new Option(`--${flagName(name)} ${placeholders[value]}`, described))
    }
    return command
  }

/** Of all values, those that belong to the rows. */
export const givenFor = (rows: Rows, values: Given): Given =>
  Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(rows, name)))

/** Reads the values that belong to the rows. */
export const readGiven =
  <O extends Rows>(rows: O) =>
  (values: Given): E.Either<OptionError, Partial<Values<O>>> =>
    readOptions(rows)(givenFor(rows, values))
