// The centre: an exponential mean of the teacher's raw logits over global views and images.

import { updateCentre } from '../../dino/objective/assignment.ts'
import { add, gradient, mean, scale, square, sub, type Tensor, total } from '../../lib/index.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { agree, atMost, near, nearNumbers, same } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { type Given, given, mapped, numbers, pick } from '../support/tensors.ts'
import { averageTolerance, largest } from '../support/tolerance.ts'

const centres = problem({
  dims: { global: [1, 3], batch: [1, 4], prototype: [1, 6] },
  tensors: {
    teacher: reals('global', 'batch', 'prototype'),
    later: reals('global', 'batch', 'prototype'),
    centre: reals('prototype'),
    offset: reals('prototype'),
  },
  choices: { momentum: [0.5, 0.9, 0.99, 0.996] },
})

type Centre = Tensor<'prototype'>
type Teacher = Given<'global' | 'batch' | 'prototype'>

const meanOf = (teacher: Tensor<'global' | 'batch' | 'prototype'>): Centre => mean('global', 'batch')(teacher)
const places = (count: number) => Array.from({ length: count }, (_, at) => at)
const toleranceOf = (centre: Given<'prototype'>, ...teachers: readonly Teacher[]) =>
  averageTolerance(
    largest(centre.data),
    Math.max(...teachers.map(({ data }) => largest(data))),
    teachers[0].data.length / centre.data.length,
  )

law('the centre moves to the batch mean by its momentum', centres, ({ teacher, centre, momentum }) => {
  const rows = teacher.data.length / centre.data.length
  const means = centre.data.map((_, k) => {
    const column = places(rows).map(row => teacher.data[row * centre.data.length + k])
    return column.reduce((left, right) => left + right, 0) / rows
  })
  const expected = centre.data.map((value, k) => momentum * value + (1 - momentum) * means[k])
  return nearNumbers(toleranceOf(centre, teacher))(numbers(updateCentre(momentum)(centre, teacher)), expected)
})

law('momentum 0 takes the batch mean, momentum 1 keeps the centre', centres, ({ teacher, centre }) => [
  same(updateCentre(0)(centre, teacher), meanOf(teacher), 'mean'),
  same(updateCentre(1)(centre, teacher), centre, 'kept'),
])

law('it lies between the centre and the batch mean, and a centre that is the mean stays', centres, p => {
  const { teacher, centre, momentum } = p
  const [next, batch] = [updateCentre(momentum)(centre, teacher), meanOf(teacher)]
  const tolerance = toleranceOf(centre, teacher)
  const fixed = given(centre.sizes, numbers(batch))
  return [
    atMost(tolerance)(
      square(sub(next, scale(0.5)(add(centre, batch)))),
      square(scale(0.5)(sub(centre, batch))),
      'hull',
    ),
    near(tolerance)(updateCentre(momentum)(fixed, teacher), fixed, 'fixed point'),
  ]
})

law('centred logits have a mean that shrinks by the momentum', centres, ({ teacher, centre, momentum }) => {
  const next = updateCentre(momentum)(centre, teacher)
  return near(2 * toleranceOf(centre, teacher))(
    sub(meanOf(teacher), next),
    scale(momentum)(sub(meanOf(teacher), centre)),
  )
})

law('after n steps on one batch, b + (c - b) m^n', centres, ({ teacher, centre, momentum }) => {
  const steps = 6
  const after = places(steps).reduce((current: Centre) => updateCentre(momentum)(current, teacher), centre)
  const batch = meanOf(teacher)
  const expected = add(batch, scale(momentum ** steps)(sub(centre, batch)))
  return near(2 * steps * toleranceOf(centre, teacher))(after, expected)
})

law(
  'over varying batches, each weighs its momentum to the number of steps since',
  centres,
  ({ teacher, later, centre, momentum }) => {
    const after = updateCentre(momentum)(updateCentre(momentum)(centre, teacher), later)
    const recent = add(scale(momentum)(meanOf(teacher)), meanOf(later))
    const expected = add(scale(momentum ** 2)(centre), scale(1 - momentum)(recent))
    return near(4 * toleranceOf(centre, teacher, later))(after, expected)
  },
)

law(
  'views and images may come in any order, and equal shards may be averaged',
  centres,
  ({ teacher, later, centre, momentum, sizes }) => {
    const turned = pick(
      'batch',
      [...places(sizes.batch)].reverse(),
    )(pick('global', [...places(sizes.global)].reverse())(teacher))
    const rows = [...places(sizes.batch), ...places(sizes.batch)]
    const wide = pick('batch', rows)(teacher)
    const both = mapped((value, at) => {
      const image = Math.floor(at / sizes.prototype) % (2 * sizes.batch)
      const global = Math.floor(at / (sizes.prototype * 2 * sizes.batch))
      const source = (global * sizes.batch + (image % sizes.batch)) * sizes.prototype + (at % sizes.prototype)
      return image < sizes.batch ? value : later.data[source]
    })(wide)
    const update = updateCentre(momentum)
    const tolerance = 2 * toleranceOf(centre, both)
    return [
      near(tolerance)(update(centre, turned), update(centre, teacher), 'order'),
      near(tolerance)(update(centre, both), scale(0.5)(add(update(centre, teacher), update(centre, later))), 'shards'),
    ]
  },
)

law(
  'moving both moves it along; scaling both by a power of two scales it exactly',
  centres,
  ({ teacher, centre, offset, momentum }) => {
    const update = updateCentre(momentum)
    const moved = given(teacher.sizes, numbers(add(teacher, offset)))
    const away = given(centre.sizes, numbers(add(centre, offset)))
    return [
      near(2 * toleranceOf(away, moved))(update(away, moved), add(update(centre, teacher), offset), 'moved'),
      same(update(scale(8)(centre), scale(8)(teacher)), scale(8)(update(centre, teacher)), 'scaled'),
      agree(
        update(offset, teacher),
        add(update(centre, teacher), scale(momentum)(sub(offset, centre))),
        'affine in the centre',
      ),
    ]
  },
)

law(
  'its derivative is the momentum, and the rest shared by views and images',
  centres,
  ({ teacher, centre, momentum }) => {
    const slopes = gradient(total(updateCentre(momentum)(centre, teacher)), { teacher, centre })
    const share = (1 - momentum) / (teacher.data.length / centre.data.length)
    return [
      near(0)(slopes.centre, mapped(() => momentum)(centre), 'centre'),
      near(2 ** -52)(slopes.teacher, mapped(() => share)(teacher), 'teacher'),
    ]
  },
)
