// iBOT's loss of hidden patches: its definition in plain loops as an oracle, what does not count, bounds, limits, and
// that it is a mean over images of means over their hidden patches. Beside it the centre of patches that count.

import { centred } from '../../dino/objective/assignment.ts'
import { type PatchAxes, patchLoss } from '../../dino/objective/ibot.ts'
import { gradient, softmax, sub, type Tensor } from '../../lib/index.ts'
import { fractions, problem, reals } from '../support/arbitrary.ts'
import { mostNumbers, nearNumbers, same, sameNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { entropyOf } from '../support/loss-problems.ts'
import { element, type Given, given, mapped, number, numbers, pick, rowsOf, tabulate } from '../support/tensors.ts'
import { largest, lossTolerance, unit64 } from '../support/tolerance.ts'

const problems = problem({
  dims: { global: [1, 2], batch: [1, 3], token: [1, 4], prototype: [2, 5] },
  tensors: {
    student: reals('global', 'batch', 'token', 'prototype'),
    teacher: reals('global', 'batch', 'token', 'prototype'),
    hiding: fractions('global', 'batch', 'token'),
  },
  choices: { temperature: [1, 0.5, 0.1] },
})

type Logits = Given<PatchAxes | 'prototype'>

interface Case {
  readonly student: Logits
  readonly teacher: Logits
  readonly hiding: Given<PatchAxes>
  readonly temperature: number
}

const hiddenOf = ({ hiding }: Case): Given<PatchAxes> => mapped(value => (value > 0.5 ? 1 : 0))(hiding)
const targetsOf = ({ teacher }: Case): Tensor<PatchAxes | 'prototype'> => softmax('prototype', 0.25)(teacher)
const lossOf = (p: Case) => patchLoss(p.temperature)(p.student, targetsOf(p), hiddenOf(p))
const valueOf = (p: Case): readonly [number] => [number(lossOf(p))]
const places = (count: number) => Array.from({ length: count }, (_, at) => at)
const sumOf = (values: readonly number[]) => values.reduce((left, right) => left + right, 0)
const meanOf = (values: readonly number[]) => sumOf(values) / values.length

const logSoftmaxOf = (row: readonly number[], temperature: number) => {
  const most = Math.max(...row)
  const whole = Math.log(sumOf(row.map(x => Math.exp((x - most) / temperature))))
  return row.map(x => (x - most) / temperature - whole)
}

/** For each image of each view the mean over its hidden patches of some number of each patch; 0 of none. */
const ofImages = (p: Case, ofPatch: (target: readonly number[], log: readonly number[]) => number) => {
  const targets = rowsOf(p.teacher.sizes, p.teacher.data).map(row => logSoftmaxOf(row, 0.25).map(Math.exp))
  const logs = rowsOf(p.student.sizes, p.student.data).map(row => logSoftmaxOf(row, p.temperature))
  const tokens = p.student.sizes.token
  return rowsOf(p.hiding.sizes, hiddenOf(p).data).map((mask, image) => {
    const values = mask.flatMap((is, at) =>
      is === 1 ? [ofPatch(targets[image * tokens + at], logs[image * tokens + at])] : [],
    )
    return values.length === 0 ? 0 : meanOf(values)
  })
}

const plain = (p: Case): number => meanOf(ofImages(p, (target, log) => -sumOf(target.map((q, k) => q * log[k]))))

const toleranceOf = (p: Case, value = plain(p)): number =>
  2 *
  lossTolerance({
    student: largest(p.student.data) / p.temperature,
    teacher: largest(p.teacher.data) / 0.25,
    prototypes: p.student.sizes.prototype,
    terms: p.student.data.length,
    value,
  })

const near = (p: Case, factor = 1) => nearNumbers(factor * toleranceOf(p))

law('the loss is the mean over images of the mean over hidden patches of the cross-entropy', problems, p =>
  near(p)(valueOf(p), [plain(p)]),
)

law('patches that are not hidden do not change a bit, and have no gradient', problems, p => {
  const hidden = hiddenOf(p)
  const elsewhere = (x: Logits): Logits =>
    tabulate(x.sizes, at => element(x, at) + (1 - element(hidden, at)) * (at.prototype - 2))
  const other = { ...p, student: elsewhere(p.student), teacher: elsewhere(p.teacher) }
  const slopes = numbers(gradient(lossOf(p), p.student), p.student.sizes)
  const shown = tabulate(p.student.sizes, at => 1 - element(hidden, at)).data
  return [
    sameNumbers(valueOf(other), valueOf(p), 'value'),
    sameNumbers(
      slopes.map((slope, at) => slope * shown[at]),
      slopes.map(() => 0),
      'gradient',
    ),
  ]
})

law('without a hidden patch it is 0', problems, p =>
  sameNumbers(valueOf({ ...p, hiding: mapped(() => 0)(p.hiding) }), [0]),
)

law("it is at least the mean entropy of the hidden patches' targets", problems, p =>
  mostNumbers(toleranceOf(p))([meanOf(ofImages(p, target => entropyOf(target)))], valueOf(p)),
)

law('a uniform student has log K where every image has a hidden patch', problems, p => {
  const blank = { ...p, student: mapped(() => 1)(p.student), hiding: mapped(() => 1)(p.hiding) }
  return near(blank)(valueOf(blank), [Math.log(p.student.sizes.prototype)])
})

law('it is a mean over images, however many patches each hides', problems, p => {
  const image = (at: number) => ({
    ...p,
    student: pick('batch', [at])(p.student),
    teacher: pick('batch', [at])(p.teacher),
    hiding: pick('batch', [at])(p.hiding),
  })
  return near(p, 2)([meanOf(places(p.student.sizes.batch).map(at => valueOf(image(at))[0]))], valueOf(p))
})

law('patches and images may come in any order', problems, p =>
  (['token', 'batch', 'global'] as const).map(axis => {
    const back = [...places(p.student.sizes[axis])].reverse()
    const other = {
      ...p,
      student: pick(axis, back)(p.student),
      teacher: pick(axis, back)(p.teacher),
      hiding: pick(axis, back)(p.hiding),
    }
    return near(p, 2)(valueOf(other), valueOf(p), axis)
  }),
)

law('the gradient of each patch sums to 0 over prototypes: only differences of logits count', problems, p => {
  const rows = rowsOf(p.student.sizes, numbers(gradient(lossOf(p), p.student), p.student.sizes))
  return nearNumbers(toleranceOf(p) / p.temperature)(
    rows.map(sumOf),
    rows.map(() => 0),
  )
})

law(
  'the centre of patches follows those that count, all of them if none is named, and stays where none does',
  problems,
  p => {
    const [counted, { prototype }] = [hiddenOf(p), p.teacher.sizes]
    const those = rowsOf(p.teacher.sizes, p.teacher.data).filter((_, at) => counted.data[at] === 1)
    const centre = given(
      { prototype },
      places(prototype).map(k => k / 4),
    )
    const assignment = centred(0.75, 'global', 'batch', 'token')
    const { state, targets } = assignment.assign(p.teacher, { centre }, 0.25, counted)
    const expected = places(prototype).map(k =>
      those.length === 0 ? centre.data[k] : 0.75 * centre.data[k] + 0.25 * meanOf(those.map(row => row[k])),
    )
    const all = mapped(() => 1)(counted)
    const every = assignment.assign(p.teacher, { centre }, 0.25).state.centre
    const tolerance = unit64 * (16 + p.teacher.data.length) * (largest(p.teacher.data) + prototype)
    return [
      nearNumbers(tolerance)(numbers(state.centre), expected, 'those that count'),
      nearNumbers(tolerance)(
        numbers(assignment.assign(p.teacher, { centre }, 0.25, all).state.centre),
        numbers(every),
        'all',
      ),
      same(targets, softmax('prototype', 0.25)(sub(p.teacher, centre)), 'targets'),
    ]
  },
)
