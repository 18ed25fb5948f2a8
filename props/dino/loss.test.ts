// The DINO loss: its definition as an oracle, its bounds, its invariances and its limits. Symmetries
// alone miss a wrong sign of the centre or a wrong temperature; the limits catch those.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { dinoLoss, pairCount } from '../../dino/objective/dino.ts'
import { add, compiler, constant, type Scalar, scale, type Tensor } from '../../lib/index.ts'
import { input } from '../../lib/language/tensor.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { holds, mostNumbers, nearNumbers, same, sameNumbers } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'
import {
  entropyOf,
  type LossParts,
  type LossProblem,
  losses,
  lossOf,
  plainLoss,
  toleranceOf,
} from '../support/loss-problems.ts'
import { element, type Given, given, mapped, number, numbers, pick, tabulate } from '../support/tensors.ts'
import { largest } from '../support/tolerance.ts'

const near = (p: LossParts, factor = 1) => nearNumbers(factor * toleranceOf(p))
const most = (p: LossParts, factor = 1) => mostNumbers(factor * toleranceOf(p))
const value = (p: LossParts): readonly [number] => [number(lossOf(p))]
const meanOf = (values: readonly number[]) => values.reduce((left, right) => left + right, 0) / values.length
const places = (count: number) => Array.from({ length: count }, (_, at) => at)
const plus = <A extends string>(x: Given<A>, y: Tensor<A>): Given<A> => given(x.sizes, numbers(add(x, y), x.sizes))

law('the loss is the mean cross-entropy over pairs of views and images', losses, p =>
  near(p)(value(p), [plainLoss(p).loss]),
)

const anyViews = problem({
  dims: { view: [1, 4], global: [1, 3], batch: [1, 3], prototype: [2, 5] },
  tensors: {
    student: reals('view', 'batch', 'prototype'),
    teacher: reals('global', 'batch', 'prototype'),
    centre: reals('prototype'),
  },
  choices: { pairing: ['other views', 'all'] },
})

law('so it is for any number of views, and a view alone is a fault', anyViews, p => {
  const parts = { ...p, studentTemperature: 0.5, teacherTemperature: 0.25 }
  const { pairs, loss } = plainLoss(parts)
  const counted = sameNumbers([pairCount(p.pairing, p.sizes.global, p.sizes.view)], [pairs.length], 'pairs')
  if (pairs.length > 0) return [counted, near(parts)(value(parts), [loss])]
  return [counted, holds('a fault', E.isLeft(compiler.check([lossOf(parts).expr])))]
})

example('a loss without a pair of views is rejected with its reason', () => {
  const student = input('student', { view: 1, batch: 2, prototype: 3 })
  const teacher = input('teacher', { global: 1, batch: 2, prototype: 3 })
  const loss = dinoLoss({ student: 0.1, teacher: 0.04 })(student, teacher, input('centre', { prototype: 3 }))
  const checked = compiler.check([loss.expr])
  assert.ok(E.isLeft(checked))
  assert.deepEqual(
    checked.left.map(({ operation, axis, came }) => [operation, axis, came]),
    [['dino loss', 'view', '1']],
  )
})

law('the loss is finite and not negative, for logits up to 8192 too', losses, p => {
  const far = { ...p, student: mapped(x => 1024 * x)(p.student), teacher: mapped(x => 1024 * x)(p.teacher) }
  return [most(p)([0], value(p)), most(far)([0], value(far)), holds('finite', Number.isFinite(value(far)[0]))]
})

law('it is at least the teacher entropy, and equal where student and teacher agree', losses, p => {
  const { targets } = plainLoss(p)
  const first: Given<'batch' | 'prototype'> = given(
    { batch: p.sizes.batch, prototype: p.sizes.prototype },
    p.student.data.subarray(0, p.sizes.batch * p.sizes.prototype),
  )
  const everywhere = <K extends string>(axis: K, count: number): Given<K | 'batch' | 'prototype'> =>
    given(
      { [axis]: count, ...first.sizes } as Given<K | 'batch' | 'prototype'>['sizes'],
      places(count).flatMap(() => [...first.data]),
    )
  const agreeing = {
    ...p,
    student: everywhere('view', p.sizes.view),
    teacher: everywhere('global', p.sizes.global),
    centre: mapped(() => 0)(p.centre),
    teacherTemperature: p.studentTemperature,
  }
  return [
    most(p)([meanOf(targets.map(entropyOf))], value(p), 'Gibbs'),
    near(agreeing)(value(agreeing), [meanOf(plainLoss(agreeing).targets.map(entropyOf))], 'equality'),
  ]
})

law('it is at most log K plus the range of the tempered logits', losses, p => {
  const range = (Math.max(...p.student.data) - Math.min(...p.student.data)) / p.studentTemperature
  return most(p)(value(p), [Math.log(p.sizes.prototype) + range])
})

law('shifting the logits of an image does not change a bit, of the student or of the teacher', losses, p => {
  const amounts = (position: { batch: number; view?: number; global?: number }) =>
    ((position.batch * 5 + (position.view ?? position.global ?? 0) * 3) % 7) - 3
  const student = tabulate(p.student.sizes, at => element(p.student, at) + amounts(at))
  const teacher = tabulate(p.teacher.sizes, at => element(p.teacher, at) + amounts(at))
  return [same(lossOf({ ...p, student }), lossOf(p), 'student'), same(lossOf({ ...p, teacher }), lossOf(p), 'teacher')]
})

law('moving teacher and centre together does not change it', losses, p => {
  const amount = tabulate(p.centre.sizes, ({ prototype }) => ((prototype * 37) % 11) / 4 - 1)
  const moved = {
    ...p,
    teacher: tabulate(p.teacher.sizes, at => element(p.teacher, at) + amount.data[at.prototype]),
    centre: plus(p.centre, amount),
  }
  return [
    near(moved, 2)(value(moved), value(p), 'by any vector'),
    near(p, 2)(value({ ...p, centre: mapped(x => x + 2.5)(p.centre) }), value(p), 'the centre by a constant'),
  ]
})

law('scaling logits and temperatures by powers of two does not change a bit', losses, p => {
  const student = { ...p, student: mapped(x => 8 * x)(p.student), studentTemperature: 8 * p.studentTemperature }
  const teacher = {
    ...p,
    teacher: mapped(x => x / 4)(p.teacher),
    centre: mapped(x => x / 4)(p.centre),
    teacherTemperature: p.teacherTemperature / 4,
  }
  return [same(lossOf(student), lossOf(p), 'student'), same(lossOf(teacher), lossOf(p), 'teacher')]
})

law('prototypes, images and local views may come in any order', losses, p => {
  const classes = pick(
    'prototype',
    places(p.sizes.prototype).map(at => (at + 1) % p.sizes.prototype),
  )
  const images = pick('batch', [...places(p.sizes.batch)].reverse())
  const locals = pick('view', [0, 1, ...places(p.sizes.view).slice(2).reverse()])
  const both = pick('view', [1, 0, ...places(p.sizes.view).slice(2)])
  const permuted: readonly (readonly [string, LossParts])[] = [
    ['prototypes', { ...p, student: classes(p.student), teacher: classes(p.teacher), centre: classes(p.centre) }],
    ['images', { ...p, student: images(p.student), teacher: images(p.teacher) }],
    ['local views', { ...p, student: locals(p.student) }],
    ['both global views', { ...p, student: both(p.student), teacher: pick('global', [1, 0])(p.teacher) }],
  ]
  return permuted.map(([label, other]) => near(p, 2)(value(other), value(p), label))
})

law('it is a mean over images: of a doubled batch the same, of a batch the mean of its images', losses, p => {
  const part = (images: readonly number[]) => ({
    ...p,
    student: pick('batch', images)(p.student),
    teacher: pick('batch', images)(p.teacher),
  })
  const all = places(p.sizes.batch)
  return [
    near(p, 2)(value(part([...all, ...all])), value(p), 'doubled'),
    near(p, 2)([meanOf(all.map(image => value(part([image]))[0]))], value(p), 'one by one'),
  ]
})

const constantLogits = <A extends string>(x: Given<A>): Given<A> => mapped(() => 1)(x)

law('a uniform student has loss log K; a uniform teacher compares the student with uniform', losses, p => {
  const blank = { ...p, student: constantLogits(p.student) }
  const unsure = { ...p, teacher: tabulate(p.teacher.sizes, at => p.centre.data[at.prototype] + 3) }
  const { logPredictions, pairs } = plainLoss(unsure)
  const seen = pairs.flatMap(([, view]) =>
    places(p.sizes.batch).map(image => logPredictions[view * p.sizes.batch + image]),
  )
  return [
    near(blank)(value(blank), [Math.log(p.sizes.prototype)], 'uniform student'),
    near(unsure)(value(unsure), [meanOf(seen.map(row => -meanOf([...row])))], 'uniform teacher'),
    most(unsure)([Math.log(p.sizes.prototype)], value(unsure), 'at least log K'),
  ]
})

/** The teacher's logits less the centre: `ahead` temperatures for the classes that it chooses, 0 for the others. */
const chosen = (
  p: LossProblem,
  ahead: number,
  isChosen: (batch: number, global: number, prototype: number) => boolean,
) =>
  tabulate(p.teacher.sizes, ({ global, batch, prototype }) => {
    const own = isChosen(batch, global, prototype) ? ahead * p.teacherTemperature : 0
    return own + p.centre.data[prototype]
  })

law('a sharp teacher asks for its class alone; two classes share equally', losses, p => {
  const { batch, prototype: classes } = p.sizes
  const label = (image: number, global: number) => (image + 2 * global + 1) % classes
  const cases: readonly (readonly [string, (image: number, global: number) => readonly number[]])[] = [
    ['one class', (image, global) => [label(image, global)]],
    ['two classes', (image, global) => [label(image, global), (label(image, global) + 1) % classes]],
  ]
  return cases.map(([name, labels]) => {
    const sharp = { ...p, teacher: chosen(p, 64, (image, global, k) => labels(image, global).includes(k)) }
    const { logPredictions, pairs } = plainLoss(sharp)
    const terms = pairs.flatMap(([global, view]) =>
      places(batch).map(image => -meanOf(labels(image, global).map(k => logPredictions[view * batch + image][k]))),
    )
    const expected = meanOf(terms)
    const left = classes * Math.exp(-64) * (1 + expected + largest(logPredictions.flat()))
    return nearNumbers(toleranceOf(sharp) + left)(value(sharp), [expected], name)
  })
})

law('hot temperatures make either distribution uniform; the teacher entropy rises with its temperature', losses, p => {
  const hot = 2 ** 40
  const range = largest(p.student.data) + largest(p.teacher.data) + largest(p.centre.data)
  const teacher = { ...p, teacherTemperature: hot }
  const uniform = plainLoss({ ...p, teacher: tabulate(p.teacher.sizes, at => p.centre.data[at.prototype]) }).loss
  const student = { ...p, studentTemperature: hot }
  const entropies = [0.04, 0.07, 0.25, 1, 4].map(teacherTemperature =>
    meanOf(plainLoss({ ...p, teacherTemperature }).targets.map(entropyOf)),
  )
  const unit = (4 * range) / hot
  return [
    nearNumbers(toleranceOf(p) + unit * (1 + uniform) * p.sizes.prototype)(value(teacher), [uniform], 'teacher'),
    nearNumbers(toleranceOf(student) + 2 * unit)(value(student), [Math.log(p.sizes.prototype)], 'student'),
    ...entropies.slice(1).map((entropy, at) => most(p, 4)([entropies[at]], [entropy], 'entropy')),
  ]
})

law('it is convex in the logits of the student', losses, p => {
  const other = { ...p, student: pick('view', [...places(p.sizes.view)].reverse())(p.student) }
  const middle = { ...p, student: mapped((x, at) => (x + other.student.data[at]) / 2)(p.student) }
  return most(p, 3)(value(middle), [(value(p)[0] + value(other)[0]) / 2])
})

law('temperatures may be tensors', losses, p => {
  const asTensors = dinoLoss(
    { student: constant(p.studentTemperature), teacher: constant(p.teacherTemperature) },
    p.pairing,
  )(p.student, p.teacher, p.centre)
  const scaled: Scalar = scale(1)(asTensors)
  return same(scaled, lossOf(p))
})
