// Everything that can go wrong with a command, as one kind of value: the source of an error, and the error. The source
// is named once, where an error enters: `TE.mapLeft(failure('data'))`. A table over the sources
// (`dino/command/tell-failure.ts`) turns errors into text and a status, so that an error without a text does not
// compile.

import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import type { executors, RunError } from '../../lib/index.ts'
import type { DataError } from '../data/picture-set.ts'
import type { Refusal } from '../options/option.ts'

/** A file of a run, or its folder, that could not be written or read. */
export interface RecordError {
  readonly path: string
  readonly expected: string
  readonly came: string
}

/** A file that holds no configuration: all that is wrong with it. */
export interface ConfigurationError {
  readonly path: string
  readonly refusals: NonEmptyArray<Refusal>
}

/** Why training did not begin, or ended before its end. */
export type TrainingError =
  | {
      readonly kind: 'not finite'
      readonly step: number
      readonly loss: number
      /** The first value that was not finite, if it was found. */
      readonly first?: executors.NotFinite
    }
  | { readonly kind: 'lost thread'; readonly reason: string }
  | { readonly kind: 'too large'; readonly needed: number; readonly limit: number; readonly largest: string }

/** The errors of each source. */
export interface Errors {
  /** The executor, from `lib`. */
  readonly run: RunError
  readonly data: DataError
  /** A flag. */
  readonly option: Refusal
  readonly configuration: ConfigurationError
  readonly record: RecordError
  readonly training: TrainingError
}

/** The sources of errors. */
export type ErrorSource = keyof Errors

/** A failure of one of the sources `S`. */
export type FailureOf<S extends ErrorSource> = {
  readonly [N in S]: { readonly source: N; readonly error: Errors[N] }
}[S]

/** Everything that a command can fail with. */
export type Failure = FailureOf<ErrorSource>

/** An error with its source. */
export const failure =
  <S extends ErrorSource>(source: S) =>
  (error: Errors[S]): FailureOf<S> => ({ source, error })
