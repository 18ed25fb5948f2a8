// KoLeo: its definition in plain loops as an oracle, bounds, invariances, and answers that are known. Exact invariance
// under rotations is false for the public code, which adds 1e-8 to every difference; it is left out here.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { koleoLoss } from '../../dino/objective/koleo.ts'
import { compiler, gradient, type Tensor } from '../../lib/index.ts'
import { distincts, problem } from '../support/arbitrary.ts'
import { holds, mostNumbers, nearNumbers, sameNumbers } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law, outside } from '../support/law.ts'
import { element, type Given, given, number, numbers, pick, rowsOf, tabulate } from '../support/tensors.ts'
import { unit64 } from '../support/tolerance.ts'

type Features = Given<'global' | 'batch' | 'feature'>

const problems = problem({
  dims: { global: [1, 2], batch: [2, 6], feature: [2, 4] },
  tensors: { x: distincts('global', 'batch', 'feature') },
})

const unit = (row: readonly number[]) => row.map(value => value / Math.hypot(...row))
const apart = (one: readonly number[], other: readonly number[]) => Math.hypot(...one.map((a, at) => a - other[at]))
const value = (x: Tensor<'global' | 'batch' | 'feature'>): readonly [number] => [number(koleoLoss(x))]
const places = (count: number) => Array.from({ length: count }, (_, at) => at)

/** The distance of each row from the nearest other one of its view, view after view. */
const nearestOf = ({ sizes, data }: Features): readonly (readonly number[])[] => {
  const rows = rowsOf(sizes, data).map(unit)
  const views = places(sizes.global).map(view => rows.slice(view * sizes.batch, (view + 1) * sizes.batch))
  return views.map(own =>
    own.map((row, at) => Math.min(...own.flatMap((other, of) => (of === at ? [] : [apart(row, other)])))),
  )
}

const plain = (x: Features): number =>
  nearestOf(x)
    .map(view => -view.reduce((sum, distance) => sum + Math.log(distance + 1e-8), 0) / view.length)
    .reduce((left, right) => left + right, 0)

/** Rows of zeros have no direction, and rows that all but agree no condition. */
const isFar = (x: Features): boolean =>
  rowsOf(x.sizes, x.data).every(row => row.some(entry => entry !== 0)) && Math.min(...nearestOf(x).flat()) > 1e-2

/** Distances are at least 1e-2, of differences of entries of at most 1. */
const tolerance = 1e2 * 64 * unit64

const near = nearNumbers(tolerance)

law('the loss is minus the mean logarithm of the distance to the nearest other image', problems, ({ x }) =>
  isFar(x) ? near(value(x), [plain(x)]) : outside,
)

law('it is at least -log 2 for each view', problems, ({ x }) =>
  mostNumbers(tolerance)([-x.sizes.global * Math.LN2], value(x)),
)

law('images, features and views may come in any order', problems, ({ x }) => {
  if (!isFar(x)) return outside
  const reversed = (axis: 'global' | 'batch' | 'feature') => pick(axis, [...places(x.sizes[axis])].reverse())(x)
  return (['batch', 'feature', 'global'] as const).map(axis => near(value(reversed(axis)), value(x), axis))
})

law('a rotation of all features changes nothing, and so does the length of one', problems, ({ x }) => {
  if (!isFar(x)) return outside
  const [cosine, sine] = [Math.cos(0.7), Math.sin(0.7)]
  const turned = tabulate(x.sizes, at => {
    const own = element(x, at)
    if (at.feature === 0) return cosine * own - sine * element(x, { ...at, feature: 1 })
    return at.feature === 1 ? sine * element(x, { ...at, feature: 0 }) + cosine * own : own
  })
  const longer = tabulate(x.sizes, at => element(x, at) * 2 ** (at.batch % 3))
  return [near(value(turned), value(x), 'rotation'), sameNumbers(value(longer), value(x), 'lengths')]
})

law('so the gradient of each feature is at right angles to it', problems, ({ x }) => {
  if (!isFar(x)) return outside
  const slopes = rowsOf(x.sizes, numbers(gradient(koleoLoss(x), x), x.sizes))
  const products = rowsOf(x.sizes, x.data).map((row, at) =>
    row.reduce((sum, entry, of) => sum + entry * slopes[at][of], 0),
  )
  return near(
    products,
    products.map(() => 0),
  )
})

law('of two images it is minus the logarithm of their distance', problems, ({ x }) => {
  const two = pick('batch', [0, 1])(pick('global', [0])(x))
  return isFar(two) ? near(value(two), [-Math.log(nearestOf(two)[0][0] + 1e-8)]) : outside
})

const ofRows = (...rows: readonly (readonly number[])[]): Features =>
  given({ global: 1, batch: rows.length, feature: rows[0].length }, rows.flat())

example('features at right angles to each other, all equally near, have -log of the root of 2', () => {
  const [found] = value(ofRows([1, 0, 0], [0, 2, 0], [0, 0, 3]))
  assert.ok(Math.abs(found + Math.log(Math.SQRT2)) < 1e-7, `${found}`)
})

example('equal features, and features of zeros, have a large and finite loss, and a finite gradient', () => {
  for (const x of [ofRows([1, 2], [1, 2], [1, 2]), ofRows([0, 0], [0, 0])]) {
    const [found] = value(x)
    assert.ok(found > 17 && found < 20, `the loss is ${found}`)
    assert.ok(numbers(gradient(koleoLoss(x), x)).every(Number.isFinite), 'the gradient is finite')
  }
})

example('to move the closest two apart makes it smaller', () => {
  const losses = [0.1, 0.2, 0.4].map(angle => value(ofRows([1, 0], [Math.cos(angle), Math.sin(angle)], [-1, 0]))[0])
  assert.ok(losses[0] > losses[1] && losses[1] > losses[2], `${losses}`)
})

law('one image alone is a fault, and is told', problems, ({ x }) => {
  const checked = compiler.check([koleoLoss(pick('batch', [0])(x)).expr])
  return holds('a fault of koleo', E.isLeft(checked) && checked.left.some(({ operation }) => operation === 'koleo'))
})
