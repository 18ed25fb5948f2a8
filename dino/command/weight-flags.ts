// The flags that name weights: the file or folder, and what no file tells of itself.

import * as E from 'fp-ts/lib/Either.js'
import { readBackboneAt, weightsAllowed } from '../node/weights-source.ts'
import { cameAs, type Values } from '../options/option.ts'
import { choice, text, whole } from '../options/option-rows.ts'
import { type Failure, failure } from '../run/failure.ts'
import type { Backbone } from '../weights/backbone-tensors.ts'
import { tellRefused } from './tell-refused.ts'

/** Flags for weights. */
export const weightOptions = {
  weights: text(undefined, 'the weights of a backbone', weightsAllowed),
  which: choice(['teacher', 'student'], 'teacher', 'the network of a training checkpoint or of a run'),
  heads: whole([1, 256], undefined, 'attention heads, where the weights do not tell; 64 channels each if not given'),
} as const

/** Their values. */
export type WeightFlags = Values<typeof weightOptions>

/** The backbone that the flags name. */
export const backboneOf = ({ weights, which, heads }: WeightFlags): E.Either<Failure, Backbone> =>
  weights === undefined
    ? E.left(failure('option')({ name: '--weights', allowed: weightsAllowed, came: cameAs(undefined) }))
    : readBackboneAt(weights, { which, ...(heads === undefined ? {} : { heads }) }, tellRefused)
