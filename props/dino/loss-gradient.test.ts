// The gradient of the DINO loss: its closed form, its bounds, where it is zero, and the descent lemma,
// which is what "the loss goes down" says once it is made true.

import { target } from '../../dino/objective/assignment.ts'
import { gradient, input, sum, type Tensor, total } from '../../lib/index.ts'
import { mostNumbers, nearNumbers, same, sameNumbers } from '../support/compare.ts'
import { checkedAlong } from '../support/differences.ts'
import { law } from '../support/law.ts'
import { conditionOf, type LossParts, losses, lossOf, plainLoss, toleranceOf } from '../support/loss-problems.ts'
import { probeData } from '../support/probes.ts'
import { element, given, mapped, number, numbers, pick, tabulate } from '../support/tensors.ts'
import { logitGradientTolerance, unit64 } from '../support/tolerance.ts'

const slopeOf = (p: LossParts): Tensor<'view' | 'batch' | 'prototype'> =>
  gradient(lossOf(p), { student: p.student as Tensor<'view' | 'batch' | 'prototype'> }).student

const slopes = (p: LossParts) => given(p.student.sizes, numbers(slopeOf(p), p.student.sizes))

/** How far rounding may move the gradient at one logit. */
const gradientTolerance = (p: LossParts): number => {
  const { view, batch } = p.student.sizes
  const { pairs } = plainLoss(p)
  return logitGradientTolerance(conditionOf(p), {
    views: view,
    globals: p.teacher.sizes.global,
    temperature: p.studentTemperature,
    batch,
    pairs: pairs.length,
  })
}

/** How many pairs each view is in, over all pairs and images: what its distribution's gap to the targets weighs. */
const weights = (p: LossParts): readonly number[] => {
  const { pairs } = plainLoss(p)
  const { view, batch } = p.student.sizes
  return Array.from({ length: view }, (_, own) => pairs.filter(([, v]) => v === own).length / (pairs.length * batch))
}

law('the gradient at a logit is the mean gap between prediction and target over the temperature', losses, p => {
  const { targets, predictions, pairs } = plainLoss(p)
  const { batch } = p.student.sizes
  const expected = tabulate(p.student.sizes, ({ view, batch: image, prototype }) => {
    const mine = pairs.filter(([, own]) => own === view)
    const gap = mine.reduce((sum, [global]) => {
      return sum + predictions[view * batch + image][prototype] - targets[global * batch + image][prototype]
    }, 0)
    return gap / (p.studentTemperature * pairs.length * batch)
  })
  return nearNumbers(gradientTolerance(p))(slopes(p).data, expected.data, 'gradient', p.student.sizes)
})

law("each row of it sums to zero, and is bounded by the view's weight over the temperature", losses, p => {
  const [perRow, tolerance] = [sum('prototype')(slopeOf(p)), gradientTolerance(p) * p.sizes.prototype]
  const rows = numbers<'view' | 'batch'>(perRow)
  const values = slopes(p)
  const ofRow = (f: (values: readonly number[]) => number) =>
    tabulate({ view: p.sizes.view, batch: p.sizes.batch }, at =>
      f(Array.from({ length: p.sizes.prototype }, (_, prototype) => element(values, { ...at, prototype }))),
    ).data
  const weight = tabulate({ view: p.sizes.view, batch: p.sizes.batch }, ({ view }) => weights(p)[view]).data
  const absolute = ofRow(row => row.reduce((total, value) => total + Math.abs(value), 0))
  const length = ofRow(row => Math.hypot(...row))
  return [
    nearNumbers(tolerance)(rows, new Float64Array(rows.length), 'sum'),
    mostNumbers(tolerance)(
      absolute,
      weight.map(w => (2 * w) / p.studentTemperature),
      'absolute',
    ),
    mostNumbers(tolerance)(
      length,
      weight.map(w => (Math.SQRT2 * w) / p.studentTemperature),
      'length',
    ),
  ]
})

law('nothing flows to the teacher or to the centre', losses, p => {
  const { teacher, centre } = gradient(lossOf(p), { teacher: p.teacher, centre: p.centre })
  return [
    sameNumbers(numbers<'global' | 'batch' | 'prototype'>(teacher), mapped(() => 0)(p.teacher).data, 'teacher'),
    sameNumbers(numbers<'prototype'>(centre), mapped(() => 0)(p.centre).data, 'centre'),
  ]
})

law('a view never learns from itself, unless all pairs count', losses, p => {
  const skipping = { ...p, pairing: 'other views' as const }
  const [own, others] = [[1], [0]].map(([global]) => {
    const changed = tabulate(p.teacher.sizes, at =>
      at.global === global ? -element(p.teacher, at) + at.prototype : element(p.teacher, at),
    )
    return slopes({ ...skipping, teacher: changed })
  })
  const before = slopes(skipping)
  return [
    same(pick('view', [1])(own), pick('view', [1])(before), 'view 1'),
    same(pick('view', [0])(others), pick('view', [0])(before), 'view 0'),
  ]
})

law('where predictions and targets agree there is no gradient', losses, p => {
  const row = (prototype: number) => p.centre.data[prototype]
  const agreeing: LossParts = {
    ...p,
    student: tabulate(p.student.sizes, ({ prototype }) => row(prototype)),
    teacher: tabulate(p.teacher.sizes, ({ prototype }) => 2 * row(prototype)),
    teacherTemperature: p.studentTemperature,
  }
  const values = slopes(agreeing).data
  return nearNumbers(2 * gradientTolerance(agreeing))(values, new Float64Array(values.length))
})

law(
  'a step against the gradient, as long as the curvature allows, lowers the loss by as much as it promises',
  losses,
  p => {
    const curvature = Math.max(...weights(p)) / (2 * p.studentTemperature ** 2)
    const slope = slopes(p)
    const moved = { ...p, student: mapped((s, at) => s - slope.data[at] / curvature)(p.student) }
    const promised = slope.data.reduce((total, g) => total + g * g, 0) / (2 * curvature)
    const tolerance = toleranceOf(p) + toleranceOf(moved) + promised * 8 * p.student.data.length * unit64
    return mostNumbers(tolerance)([number(lossOf(moved))], [number(lossOf(p)) - promised])
  },
)

law(
  'it is the gradient that differences show',
  losses,
  p => {
    const variable = input('student', p.student.sizes)
    const value = lossOf({ ...p, student: { ...p.student, ...variable } })
    const point = new Map([['student', p.student.data]])
    const values = new Map([['student', slopes(p).data]])
    const [first, second] = [1, 2].map(salt => new Map([['student', probeData(p.student.sizes, salt)]]))
    const one = new Map([['student', new Float64Array(p.student.data.length).fill(1, 0, 1)]])
    const directions = [
      ['dense', first],
      ['other', second],
      ['one logit', one],
    ] as const
    return checkedAlong(value.expr, point, values, directions, 2 ** -9 * p.studentTemperature)
  },
  'middling',
)

law('the target is a distribution, and a constant of the graph', losses, p => {
  const targets: Tensor<'global' | 'batch' | 'prototype'> = target(p.teacher, p.centre, p.teacherTemperature)
  const slope = gradient(total(targets), { teacher: p.teacher }).teacher
  const sums = numbers<'global' | 'batch'>(sum('prototype')(targets))
  const zeros = new Float64Array(p.teacher.data.length)
  return [
    nearNumbers(unit64 * (p.sizes.prototype + 2))(sums, new Float64Array(sums.length).fill(1), 'sum'),
    sameNumbers(numbers<'global' | 'batch' | 'prototype'>(slope), zeros, 'gradient'),
  ]
})
