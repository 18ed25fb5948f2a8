// Derivatives by differences, with an estimate of their own error: the central difference
// at two step sizes, extrapolated. The distance between the two bounds the truncation; the running-error bound of the
// function, divided by the step, bounds the rounding. Only float64 is good enough for this.

import type { Expr } from '../../lib/language/expression.ts'
import { type Comparison, nearNumbers } from './compare.ts'
import { boundsOf } from './error-bound.ts'
import { evaluated } from './tensors.ts'

/** A point, or a direction, for each input by name. */
export type Point = ReadonlyMap<string, Float64Array>

const moved = (point: Point, direction: Point, step: number): Point =>
  new Map(
    [...point].map(([name, values]) => {
      const along = direction.get(name)
      return [name, along === undefined ? values : values.map((value, at) => value + step * along[at])]
    }),
  )

/** The usual step, for functions whose arguments vary over about 1. */
export const usualStep = 2 ** -9

/** The derivative of a scalar function of inputs along a direction, and how far it may be off. */
export const difference = (value: Expr, point: Point, direction: Point, step = usualStep) => {
  const at = (size: number): number => evaluated([value], moved(point, direction, size))[0][0]
  const central = (size: number): number => (at(size) - at(-size)) / (2 * size)
  const [wide, narrow] = [central(step), central(step / 2)]
  const [[size], [rounding]] = evaluated([value, ...boundsOf([value])], point)
  const derivative = (4 * narrow - wide) / 3
  const error = Math.abs(narrow - wide) / 3 + (8 * (rounding + 2 ** -52 * Math.abs(size))) / step
  return { derivative, error }
}

/** A gradient, one array for each input, times a direction. */
export const along = (gradient: Point, direction: Point): number => {
  let total = 0
  for (const [name, values] of gradient)
    values.forEach((value, at) => (total += value * (direction.get(name)?.[at] ?? 0)))
  return total
}

/** The unit directions of a point, one for each coordinate, with their names. */
export const coordinates = (point: Point): readonly (readonly [label: string, direction: Point])[] =>
  [...point].flatMap(([name, values]) =>
    [...values.keys()].map((at): [string, Point] => [
      `${name}[${at}]`,
      new Map([[name, new Float64Array(values.length).fill(1, at, at + 1)]]),
    ]),
  )

/** Compares a gradient with differences along directions. */
export const checkedAlong = (
  value: Expr,
  point: Point,
  gradient: Point,
  directions: readonly (readonly [label: string, direction: Point])[],
  step?: number,
): readonly Comparison[] =>
  directions.map(([label, direction]) => {
    const { derivative, error } = difference(value, point, direction, step)
    return nearNumbers(error)([along(gradient, direction)], [derivative], `derivative along ${label}`, {})
  })
