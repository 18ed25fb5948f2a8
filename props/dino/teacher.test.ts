// The teacher: an exponential mean of the student, leaf by leaf over a whole tree.

import type * as fc from 'fast-check'
import { dinoLoss, type StudentLogits } from '../../dino/objective/dino.ts'
import { ema } from '../../dino/step/teacher.ts'
import {
  add,
  constant,
  dot,
  fill,
  gradient,
  rename,
  scale,
  slice,
  square,
  type Tensor,
  total,
  trees,
} from '../../lib/index.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { atMost, type Comparison, near, nearNumbers, same, sameData } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { given, numbers, tabulate } from '../support/tensors.ts'
import { averageTolerance, largest } from '../support/tolerance.ts'

const drawnTrees = problem({
  dims: { unit: [1, 4], feature: [1, 5] },
  tensors: {
    oldWeight: reals('unit', 'feature'),
    oldBias: reals('unit'),
    newWeight: reals('unit', 'feature'),
    newBias: reals('unit'),
  },
  choices: { momentum: [0.5, 0.9, 0.996, 0.9999], later: [0.75, 0.99] },
})

type Trees = typeof drawnTrees extends fc.Arbitrary<infer T> ? T : never

const network = (weight: Tensor<'unit' | 'feature'>, bias: Tensor<'unit'>) => ({
  layers: [{ weight }, { weight, bias }],
  bias,
})
type Network = ReturnType<typeof network>

const teacherOf = ({ oldWeight, oldBias }: Trees): Network => network(oldWeight, oldBias)
const studentOf = ({ newWeight, newBias }: Trees): Network => network(newWeight, newBias)

const toleranceOf = ({ oldWeight, oldBias, newWeight, newBias }: Trees): number =>
  averageTolerance(
    Math.max(largest(oldWeight.data), largest(oldBias.data)),
    Math.max(largest(newWeight.data), largest(newBias.data)),
  )

type Compare = (lhs: Tensor<never>, rhs: Tensor<never>, label: string) => Comparison

/** Compares two networks leaf by leaf. */
const everywhere = (compare: Compare, lhs: Network, rhs: Network): readonly Comparison[] => {
  const others = trees.leavesOf<'tensor'>(rhs)
  return trees.leavesOf<'tensor'>(lhs).map(([path, leaf], at) => compare(leaf, others[at][1], path))
}

const moved = (momentum: number, teacher: Network, student: Network): Network =>
  ema(constant(momentum))(teacher, student)

/** a x + b y, leaf by leaf. */
const mixed = (a: number, x: Network, b: number, y: Network): Network =>
  trees.zipTrees(x, y)((_, left, right) => add(scale(a)(left), scale(b)(right)))

law('the teacher keeps its momentum and takes the rest from the student', drawnTrees, p => {
  const teacher = numbers(moved(p.momentum, teacherOf(p), studentOf(p)).layers[0].weight)
  const expected = p.oldWeight.data.map((old, at) => p.momentum * old + (1 - p.momentum) * p.newWeight.data[at])
  return nearNumbers(toleranceOf(p))(teacher, expected)
})

law('momentum 0 copies the student, momentum 1 keeps the teacher, to the bit', drawnTrees, p => [
  ...everywhere(same, moved(0, teacherOf(p), studentOf(p)), studentOf(p)),
  ...everywhere(same, moved(1, teacherOf(p), studentOf(p)), teacherOf(p)),
])

law('the tree keeps its structure and the sizes of its leaves', drawnTrees, p => {
  const teacher = moved(p.momentum, teacherOf(p), studentOf(p))
  const shapes = (tree: Network) => trees.leavesOf<'tensor'>(tree).map(([path, leaf]) => [path, leaf.expr.shape])
  return sameData('leaves', shapes(teacher), shapes(teacherOf(p)))
})

law('the distance to the student shrinks by the momentum', drawnTrees, p => {
  const [teacher, student] = [teacherOf(p), studentOf(p)]
  const distance = mixed(1, moved(p.momentum, teacher, student), -1, student)
  return everywhere(near(2 * toleranceOf(p)), distance, mixed(p.momentum, teacher, -p.momentum, student))
})

law('it lies between teacher and student; a teacher that is the student stays', drawnTrees, p => {
  const [teacher, student] = [teacherOf(p), studentOf(p)]
  const offCentre = mixed(1, moved(p.momentum, teacher, student), -0.5, mixed(1, teacher, 1, student))
  const halfWidth = mixed(0.5, teacher, -0.5, student)
  const inside: Compare = (x, y, label) => atMost(64 * toleranceOf(p))(square(x), square(y), label)
  return [
    ...everywhere(inside, offCentre, halfWidth),
    ...everywhere(near(toleranceOf(p)), moved(p.momentum, student, student), student),
  ]
})

law('two steps towards one student are one step of the product of their momenta', drawnTrees, p => {
  const [teacher, student] = [teacherOf(p), studentOf(p)]
  const twice = moved(p.later, moved(p.momentum, teacher, student), student)
  return everywhere(near(3 * toleranceOf(p)), twice, moved(p.momentum * p.later, teacher, student))
})

law('over a schedule each student weighs what later momenta leave of it', drawnTrees, p => {
  const [teacher, student] = [teacherOf(p), studentOf(p)]
  const other = mixed(-0.5, student, 0, teacher)
  const after = moved(p.later, moved(p.momentum, teacher, student), other)
  const recent = mixed(p.later * (1 - p.momentum), student, 1 - p.later, other)
  return everywhere(near(4 * toleranceOf(p)), after, mixed(p.momentum * p.later, teacher, 1, recent))
})

law('it is linear, exactly so in powers of two, and does not see how a leaf is cut', drawnTrees, p => {
  const [teacher, student] = [teacherOf(p), studentOf(p)]
  const eight = (tree: Network) => mixed(8, tree, 0, tree)
  const next = moved(p.momentum, teacher, student)
  const cut = slice('feature', 0, 1)
  const alone = ema(constant(p.momentum))({ part: cut(p.oldWeight) }, { part: cut(p.newWeight) }).part
  return [
    ...everywhere(same, moved(p.momentum, eight(teacher), eight(student)), eight(next)),
    same(alone, cut(next.layers[0].weight), 'a part'),
  ]
})

law('what flows through the mean itself is the momentum to the teacher and the rest to the student', drawnTrees, p => {
  const { oldBias, newBias, momentum } = p
  const slopes = gradient(total(ema(constant(momentum))({ b: oldBias }, { b: newBias }).b), { oldBias, newBias })
  return [
    nearNumbers(0)(
      numbers(slopes.oldBias),
      oldBias.data.map(() => momentum),
      'teacher',
    ),
    nearNumbers(0)(
      numbers(slopes.newBias),
      oldBias.data.map(() => 1 - momentum),
      'student',
    ),
  ]
})

interface Layer {
  readonly weight: Tensor<'unit' | 'feature'>
  readonly bias: Tensor<'unit'>
}

/** The logits of two views of two images: what a layer makes of what it sees. */
const logitsOf = (seen: Tensor<'view' | 'batch' | 'feature'>, { weight, bias }: Layer): StudentLogits =>
  rename('unit', 'prototype')(add(dot('feature')(seen, weight), bias))

law('nothing flows back to the teacher from the loss, nor through it to the student that it follows', drawnTrees, p => {
  const { unit, feature } = p.sizes
  const seen = tabulate({ view: 2, batch: 2, feature }, at => Math.sin(1 + at.view + 2 * at.batch + 4 * at.feature))
  const centre = fill({ prototype: unit }, 0)
  const loss = (student: Layer, teacher: Layer) =>
    dinoLoss({ student: 0.5, teacher: 0.25 })(
      logitsOf(seen, student),
      rename('view', 'global')(logitsOf(seen, teacher)),
      centre,
    )
  const old: Layer = { weight: p.oldWeight, bias: p.oldBias }
  const student: Layer = { weight: p.newWeight, bias: p.newBias }
  const teacher = ema(constant(p.momentum))(old, student)
  const slopes = gradient(loss(student, teacher), { old, student })
  const frozen = {
    weight: given(p.oldWeight.sizes, numbers(teacher.weight, p.oldWeight.sizes)),
    bias: given(p.oldBias.sizes, numbers(teacher.bias, p.oldBias.sizes)),
  }
  const alone = gradient(loss(student, frozen), { student })
  return [
    same(slopes.old.weight, fill(p.oldWeight.sizes, 0), "the teacher's weight"),
    same(slopes.old.bias, fill(p.oldBias.sizes, 0), "the teacher's bias"),
    same(slopes.student.weight, alone.student.weight, "the student's weight"),
    same(slopes.student.bias, alone.student.bias, "the student's bias"),
  ]
})
