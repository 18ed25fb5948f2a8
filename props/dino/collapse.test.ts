// The signs of collapse that every step reports, and the entropy that they are made of.

import { type Centre, centred, type TeacherLogits } from '../../dino/objective/assignment.ts'
import { entropy, signsOfHealth } from '../../dino/objective/health.ts'
import { gradient, mean, normalise, type Scalar, softmax, sum, type Tensor, total } from '../../lib/index.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { holds, mostNumbers, nearNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { entropyOf, losses, lossOf, plainLoss, toleranceOf } from '../support/loss-problems.ts'
import { given, mapped, number, numbers, rowsOf, tabulate } from '../support/tensors.ts'
import { largest, unit64 } from '../support/tolerance.ts'

/** The signs of a teacher whose logits are centred. */
const metricsOf = (
  loss: Scalar,
  teacher: TeacherLogits,
  centre: Centre,
  feature: Tensor<'global' | 'batch' | 'feature'>,
  temperature: number,
) => {
  const { targets, metrics } = centred(0.9, 'global', 'batch').assign(teacher, { centre }, temperature)
  return { ...signsOfHealth(loss, targets, feature), ...metrics }
}

const meanOf = (values: readonly number[]) => values.reduce((left, right) => left + right, 0) / values.length

law('the teacher entropy, that of its mean, and the divergence are what they say', losses, p => {
  const feature = tabulate({ global: 2, batch: p.sizes.batch, feature: 3 }, ({ batch, feature }) => batch - feature)
  const metrics = metricsOf(lossOf(p), p.teacher, p.centre, feature, p.teacherTemperature)
  const { targets, loss } = plainLoss(p)
  const own = meanOf(targets.map(entropyOf))
  const together = entropyOf(targets[0].map((_, k) => meanOf(targets.map(row => row[k]))))
  const tolerance = 4 * toleranceOf(p) + p.sizes.prototype * 2 ** -90
  const near = nearNumbers(tolerance)
  return [
    near([number(metrics.teacherEntropy)], [own], 'teacher entropy'),
    near([number(metrics.meanEntropy)], [together], 'entropy of the mean'),
    near([number(metrics.divergence)], [loss - own], 'divergence'),
    nearNumbers(8 * unit64 * p.sizes.prototype * largest(p.centre.data) + 2e-12)(
      [number(metrics.centreNorm)],
      [Math.hypot(...p.centre.data)],
      'centre',
    ),
    mostNumbers(tolerance)([0, own, together], [own, together, Math.log(p.sizes.prototype)], 'order'),
    mostNumbers(tolerance)([together - own], [Math.log(Math.min(targets.length, p.sizes.prototype))], 'information'),
  ]
})

law('a constant teacher shows both collapses', losses, p => {
  const feature = tabulate({ global: 2, batch: p.sizes.batch, feature: 3 }, ({ feature }) => feature + 1)
  const same = { ...p, teacher: tabulate(p.teacher.sizes, at => p.centre.data[at.prototype]) }
  const one = {
    ...p,
    teacher: tabulate(
      p.teacher.sizes,
      at => p.centre.data[at.prototype] + (at.prototype === 0 ? 128 * p.teacherTemperature : 0),
    ),
  }
  const signsOf = ({ teacher }: typeof same) => metricsOf(lossOf(p), teacher, p.centre, feature, p.teacherTemperature)
  const [uniform, single] = [signsOf(same), signsOf(one)]
  const near = nearNumbers(toleranceOf(p) + 2 ** -80)
  return [
    near([number(uniform.teacherEntropy)], [Math.log(p.sizes.prototype)], 'uniform'),
    near([number(single.teacherEntropy), number(single.meanEntropy)], [0, 0], 'one class'),
    nearNumbers(2 ** -25)([number(uniform.spread)], [0], 'equal features do not spread'),
  ]
})

const features = problem({
  dims: { global: [1, 2], batch: [1, 5], feature: [1, 4] },
  tensors: { x: reals('global', 'batch', 'feature'), z: reals('batch', 'feature') },
})

law(
  'the spread is the mean deviation of normalised features, within [0, 1/sqrt D] of each',
  features,
  ({ x, z, sizes }) => {
    const teacher = tabulate({ global: sizes.global, batch: sizes.batch, prototype: 2 }, () => 0)
    const centre = given({ prototype: 2 }, [0, 0])
    const metrics = metricsOf(total(z), teacher, centre, x, 1)
    const unit = rowsOf({ feature: sizes.feature }, numbers<'global' | 'batch' | 'feature'>(normalise('feature')(x)))
    const deviation = (values: readonly number[]) =>
      Math.sqrt(meanOf(values.map(value => (value - meanOf(values)) ** 2)))
    const spreads = Array.from({ length: sizes.global * sizes.feature }, (_, at) => {
      const [global, feature] = [Math.floor(at / sizes.feature), at % sizes.feature]
      return deviation(Array.from({ length: sizes.batch }, (__, image) => unit[global * sizes.batch + image][feature]))
    })
    const spread = number(metrics.spread)
    return [
      nearNumbers(2 ** -24)([spread], [meanOf(spreads)], 'spread'),
      mostNumbers(2 ** -24)([0, spread], [spread, 1 / Math.sqrt(sizes.feature)], 'range'),
    ]
  },
)

law('entropy is 0 for a certainty and log K for none; its gradient is finite at 0', features, ({ z, sizes }) => {
  const one = mapped((_, at) => (at % sizes.feature === 0 ? 1 : 0))(z)
  const p = given({ batch: sizes.batch, prototype: sizes.feature }, one.data)
  const even = mapped(() => 1 / sizes.feature)(p)
  const values = numbers(gradient(total(entropy(p)), { p }).p)
  const own = numbers<'batch'>(entropy(given(p.sizes, numbers(softmax('feature')(z)))))
  return [
    nearNumbers(2 ** -90)(numbers<'batch'>(entropy(p)), new Float64Array(sizes.batch), 'certain'),
    nearNumbers(16 * sizes.feature * unit64)(
      numbers<'batch'>(entropy(even)),
      new Float64Array(sizes.batch).fill(Math.log(sizes.feature)),
      'uniform',
    ),
    holds('finite', values.every(Number.isFinite)),
    mostNumbers(16 * sizes.feature * unit64)(
      own,
      new Float64Array(sizes.batch).fill(Math.log(sizes.feature)),
      'at most log K',
    ),
    mostNumbers(16 * sizes.feature * unit64)([0], [number(mean('batch')(sum('prototype')(p)))], 'a distribution'),
  ]
})
