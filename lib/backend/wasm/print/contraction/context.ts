// The context that the code of a contraction is generated in: the function's parameters, and how far each loop around
// the code has come. A loop makes a local for its counter and hands on a context with that counter; code computes every
// address from the context that it is given. So no code depends on a name that some other module has set.
//
//   overBounds(context, row, { from, to }, 4, inRow => [... placeOf(inRow, left) ...])

import type { Access } from '../../../../loops/nest.ts'
import type { Bounds } from '../../code/bounds.ts'
import { type Code, loopWhile, repeatWith, set } from '../../code/statement.ts'
import { type I32, type Local, local, plus } from '../../code/value.ts'
import { bytesAt, type Frame } from '../../frame/frame.ts'
import type { ContractionPlan } from './blocking.ts'
import type { Registers } from './registers.ts'

/** The things that the code of every part of a contraction needs. */
export interface Context {
  /** The function's parameters; counters of the loops around, those of other loops are not to be used. */
  readonly frame: Frame
  readonly plan: ContractionPlan
  readonly registers: Registers
  /** The units to do: the function's, or a block of them. */
  readonly units: Bounds
}

/** The context in which a loop has come to what a local counts. */
export const within = (context: Context, loop: number, counter: Local<'i32'>): Context => {
  const { frame } = context
  return { ...context, frame: { ...frame, counters: frame.counters.map((own, at) => (at === loop ? counter : own)) } }
}

/** A local for the counter of a loop, and the context in which the loop has come to it. */
export const counting = (
  context: Context,
  loop: number,
): { readonly counter: Local<'i32'>; readonly inner: Context } => {
  const counter = local('i32', `c${loop}`)
  return { counter, inner: within(context, loop, counter) }
}

/** Code for every turn of a loop. */
export const overTurns = (context: Context, loop: number, size: number, body: (inner: Context) => Code): Code => {
  const { counter, inner } = counting(context, loop)
  return repeatWith(counter, size, body(inner))
}

/** Code for one turn of a loop. */
export const atTurn = (context: Context, loop: number, turn: I32, body: (inner: Context) => Code): Code => {
  const { counter, inner } = counting(context, loop)
  return [set(counter, turn), ...body(inner)]
}

/** Code for every `step`th turn of a loop between bounds. */
export const overBounds = (
  context: Context,
  loop: number,
  { from, to }: Bounds,
  step: number,
  body: (inner: Context) => Code,
): Code => {
  const { counter, inner } = counting(context, loop)
  return [set(counter, from), loopWhile(counter, to, step, () => body(inner))]
}

/** Code for every turn of an output loop that is in the units to do. */
export const overUnits = (context: Context, loop: number, body: (inner: Context) => Code): Code => {
  const { nest, unit } = context.plan
  return unit.of === 'loop' && unit.loop === loop
    ? overBounds(context, loop, context.units, 1, body)
    : overTurns(context, loop, nest.outer[loop], body)
}

/** Code for every turn of the summed loops around the innermost one. */
export const overOuterSum = (context: Context, body: (inner: Context) => Code): Code =>
  context.plan.depth.outer.reduceRight<(inner: Context) => Code>(
    (code, { loop, size }) =>
      inner =>
        overTurns(inner, loop, size, code),
    body,
  )(context)

/** The address of a factor's element that all counters point at, its constant offset left out. */
export const placeOf = ({ frame }: Context, factor: Access): I32 =>
  plus(frame.inputs[factor.input], bytesAt(frame, factor))
