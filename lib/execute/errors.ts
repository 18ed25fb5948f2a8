// Everything that can go wrong when a program runs, as values with a text for each. Nothing in `lib` throws except by a
// fault of its own.
//
//   { kind: 'wrong length', name: 'x', expected: 6, came: 5 }      "x" expected 6 values, came 5

import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type ShapeError, showShapeError } from '../language/fault.ts'

/** The reason why a run failed. Every kind says what was expected, what came, and where. */
export type RunError =
  | { readonly kind: 'ill-sized'; readonly errors: NonEmptyArray<ShapeError> }
  | { readonly kind: 'missing input'; readonly name: string; readonly given: readonly string[] }
  | { readonly kind: 'wrong length'; readonly name: string; readonly expected: number; readonly came: number }
  | { readonly kind: 'unknown executor'; readonly name: string; readonly known: readonly string[] }
  | { readonly kind: 'unavailable'; readonly executor: string; readonly reason: string }
  | { readonly kind: 'fallback'; readonly executor: string; readonly ran: string; readonly reason: string }
  | { readonly kind: 'device lost'; readonly executor: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly executor: string; readonly reason: string }

/** One or more lines for a person. */
export const showRunError = (error: RunError): string => {
  switch (error.kind) {
    case 'ill-sized':
      return error.errors.map(showShapeError).join('\n')
    case 'missing input':
      return `input "${error.name}" was expected and not given; given were ${error.given.join(', ') || 'none'}`
    case 'wrong length':
      return `"${error.name}" expected ${error.expected} values, came ${error.came}`
    case 'unknown executor':
      return `executor "${error.name}" is not known; allowed are ${error.known.join(', ')}`
    case 'unavailable':
      return `executor ${error.executor} is not available here: ${error.reason}`
    case 'fallback':
      return `executor ${error.executor} was asked for, but ${error.ran} ran instead: ${error.reason}`
    case 'device lost':
      return `executor ${error.executor} lost its device: ${error.reason}`
    case 'failed':
      return `executor ${error.executor} failed: ${error.reason}`
  }
}

/** Runs an action that may throw; `explain` makes an error of the text of anything thrown. */
export const attempting =
  (explain: (reason: string) => RunError) =>
  <A>(action: () => Promise<A>): TE.TaskEither<RunError, A> =>
    TE.tryCatch(action, thrown => explain(reasonOf(thrown)))

/** The text of anything thrown by a library. */
export const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))
