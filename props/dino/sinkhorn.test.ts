// Sinkhorn-Knopp: the definition in plain loops as an oracle, marginals, what it keeps of the logits, its limits and
// how fast it comes near them. That prototypes have equal parts after any fixed number of turns is false, and so is
// that each sample's own shift changes nothing: both have their counterexamples here.

import assert from 'node:assert/strict'
import { balanced, sinkhorn } from '../../dino/objective/sinkhorn.ts'
import { dense, executors, gradient, mul, run, scale, shift, sum, type Tensor } from '../../lib/index.ts'
import { withOpened } from '../golden/every-executor.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { holds, mostNumbers, nearNumbers, same, sameNumbers } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'
import { expectRight } from '../support/results.ts'
import { element, type Given, given, mapped, numbers, pick, rowsOf, tabulate } from '../support/tensors.ts'
import { largest, unit64 } from '../support/tolerance.ts'

type Logits = Given<'batch' | 'prototype'>

const problems = problem({
  dims: { batch: [1, 6], prototype: [1, 6] },
  tensors: { logits: reals('batch', 'prototype') },
  choices: { temperature: [1, 0.25, 0.5], turns: [3, 1, 2, 8] },
})

interface Case {
  readonly logits: Logits
  readonly temperature: number
  readonly turns: number
}

const places = (count: number) => Array.from({ length: count }, (_, at) => at)
const sumOf = (values: readonly number[]) => values.reduce((left, right) => left + right, 0)

/** Of a target, relative: exp of the tempered logits, then two sums and two quotients a turn. */
const toleranceOf = ({ logits, temperature, turns }: Case): number => {
  const { batch, prototype } = logits.sizes
  return unit64 * (turns + 1) * ((16 * largest(logits.data)) / temperature + 4 * (batch + prototype) + 32)
}

const targetsOf = ({ logits, temperature, turns }: Case): Tensor<'batch' | 'prototype'> =>
  balanced(turns, 'batch')(logits, temperature)

const valuesOf = (p: Case): Float64Array => numbers(targetsOf(p), p.logits.sizes)

/** The definition: the largest logit of the whole batch is subtracted, and shares are no logarithms. */
const plain = ({ logits, temperature, turns }: Case): readonly (readonly number[])[] => {
  const most = Math.max(...logits.data)
  let shares = rowsOf(logits.sizes, logits.data).map(row => row.map(x => Math.exp((x - most) / temperature)))
  for (let turn = 0; turn < turns; turn += 1) {
    const columns = places(logits.sizes.prototype).map(k => sumOf(shares.map(row => row[k])))
    shares = shares
      .map(row => row.map((share, k) => share / columns[k]))
      .map(row => row.map(share => share / sumOf(row)))
  }
  return shares
}

/** How far each prototype's part is from the equal one, in all. */
const unevenness = (shares: readonly (readonly number[])[]): number => {
  const [samples, prototypes] = [shares.length, shares[0].length]
  return sumOf(places(prototypes).map(k => Math.abs(sumOf(shares.map(row => row[k])) - samples / prototypes)))
}

law('targets are shares that are divided in turn over samples and over prototypes', problems, p =>
  nearNumbers(toleranceOf(p))(valuesOf(p), plain(p).flat()),
)

law("each sample's targets are a distribution", problems, p => {
  const targets = valuesOf(p)
  const ones = rowsOf(p.logits.sizes, targets).map(sumOf)
  return [
    nearNumbers((2 * p.logits.sizes.prototype + 8) * unit64)(
      ones,
      ones.map(() => 1),
      'sum',
    ),
    mostNumbers(0)(
      targets.map(() => 0),
      targets,
      'not negative',
    ),
  ]
})

law('log odds ratios are those of the logits: rows and columns are scaled, and nothing else', problems, p => {
  const { batch, prototype } = p.logits.sizes
  const targets = valuesOf(p)
  if (targets.some(share => share < 1e-200)) return holds('nothing is left of some share', true)
  const ratio = (at: (row: number, column: number) => number) =>
    places(batch - 1).flatMap(row =>
      places(prototype - 1).map(k => at(row, k) - at(row + 1, k) - at(row, k + 1) + at(row + 1, k + 1)),
    )
  const got = ratio((row, k) => Math.log(targets[row * prototype + k]))
  const expected = ratio((row, k) => p.logits.data[row * prototype + k] / p.temperature)
  return nearNumbers(8 * toleranceOf(p))(got, expected)
})

law('all logits, or all of a prototype, shifted alike: the same targets', problems, p => {
  const all = { ...p, logits: mapped(x => x + 2.5)(p.logits) }
  const one = { ...p, logits: tabulate(p.logits.sizes, at => element(p.logits, at) + (at.prototype % 3)) }
  const tolerance = 2 * toleranceOf(one)
  return [
    nearNumbers(tolerance)(valuesOf(all), valuesOf(p), 'all'),
    nearNumbers(tolerance)(valuesOf(one), valuesOf(p), 'each prototype by its own'),
  ]
})

law('four times the logits at four times the temperature: the same bits', problems, p => [
  same(balanced(p.turns, 'batch')(scale(4)(p.logits), 4 * p.temperature), scale(1)(targetsOf(p)), 'four times both'),
])

law('samples and prototypes may come in any order, to rounding', problems, p => {
  const samples = pick('batch', [...places(p.logits.sizes.batch)].reverse())
  const classes = pick('prototype', [...places(p.logits.sizes.prototype)].reverse())
  const targets = given(p.logits.sizes, valuesOf(p))
  return [
    nearNumbers(2 * toleranceOf(p))(valuesOf({ ...p, logits: samples(p.logits) }), samples(targets).data, 'samples'),
    nearNumbers(2 * toleranceOf(p))(valuesOf({ ...p, logits: classes(p.logits) }), classes(targets).data, 'prototypes'),
  ]
})

law('the parts of prototypes come nearer to equal with every turn', problems, p => {
  const after = [1, 2, 3, 4].map(turns => unevenness(rowsOf(p.logits.sizes, valuesOf({ ...p, turns }))))
  const slack = 8 * p.logits.data.length * toleranceOf({ ...p, turns: 4 })
  return after.slice(1).map((later, at) => mostNumbers(slack)([later], [after[at]], `turn ${at + 2}`))
})

/** ln of the largest ratio of the parts of two prototypes: Hilbert's distance from equal parts. */
const hilbert = (shares: readonly (readonly number[])[]): number => {
  const parts = places(shares[0].length).map(k => sumOf(shares.map(row => row[k])))
  return Math.log(Math.max(...parts) / Math.min(...parts))
}

law("Hilbert's distance of the parts from equal ones shrinks as Birkhoff says", problems, p => {
  const rows = rowsOf(p.logits.sizes, p.logits.data)
  const spans = rows.flatMap(one => rows.map(other => one.map((x, k) => (x - other[k]) / p.temperature)))
  const diameter = Math.max(...spans.map(span => Math.max(...span) - Math.min(...span)))
  if (diameter > 16) return holds('too wide for float64', true)
  const [one, two] = [1, 2].map(turns => hilbert(rowsOf(p.logits.sizes, valuesOf({ ...p, turns }))))
  return mostNumbers(64 * toleranceOf(p) * Math.exp(diameter))([two], [Math.tanh(diameter / 4) ** 2 * one])
})

law('equal logits, and a sample alone, have every prototype alike', problems, p => {
  const alone = { ...p, logits: pick('batch', [0])(p.logits) }
  const blank = { ...p, logits: mapped(() => 1)(p.logits) }
  const uniform = 1 / p.logits.sizes.prototype
  return [alone, blank].map(one => {
    const targets = valuesOf(one)
    return nearNumbers(2 * toleranceOf(one))(
      targets,
      targets.map(() => uniform),
    )
  })
})

law('samples that do not count take nothing from others, whatever their logits', problems, p => {
  const { batch, prototype } = p.logits.sizes
  const counted = tabulate({ batch }, at => (at.batch % 2 === 0 ? 1 : 0))
  const those = places(batch).filter(at => at % 2 === 0)
  const wild = tabulate(p.logits.sizes, at => element(p.logits, at) + (at.batch % 2) * 4000)
  const among = rowsOf(p.logits.sizes, numbers(balanced(p.turns, 'batch')(wild, p.temperature, counted), wild.sizes))
  const own = valuesOf({ ...p, logits: pick('batch', those)(p.logits) })
  return nearNumbers(2 * toleranceOf(p))(those.flatMap(at => among[at]).slice(0, those.length * prototype), own)
})

law('targets are constants for the gradient, and the assignment keeps nothing', problems, p => {
  const assigned = sinkhorn(p.turns, 'batch').assign(p.logits, {}, p.temperature)
  const kept = sinkhorn(p.turns, 'batch').initial(p.logits.sizes.prototype)
  const slopes = numbers(gradient(sum('batch', 'prototype')(mul(assigned.targets, p.logits)), p.logits), p.logits.sizes)
  return [
    same(assigned.targets, targetsOf(p), 'targets'),
    sameNumbers(slopes, numbers(assigned.targets, p.logits.sizes), 'the slope of their product with the logits'),
    holds('nothing', Object.keys(kept).length === 0),
  ]
})

const twoByTwo = (...data: readonly number[]): Logits => given({ batch: 2, prototype: 2 }, data)

example('to shift one sample alone changes its targets at three turns, and no more after very many', () => {
  const [logits, shifted] = [twoByTwo(2, 0, 1, 0), twoByTwo(4, 2, 1, 0)]
  const apart = (turns: number) => {
    const [one, other] = [logits, shifted].map(x => valuesOf({ logits: x, temperature: 1, turns }))
    return largest(one.map((share, at) => share - other[at]))
  }
  assert.ok(apart(3) > 1e-4, `after 3 turns they are ${apart(3)} apart`)
  assert.ok(apart(300) < 1e-9, `after 300 turns they are ${apart(300)} apart`)
})

example('after 200 turns prototypes need not have equal parts to four digits', () => {
  const logits = twoByTwo(11, 0, 0, 0)
  const left = unevenness(rowsOf(logits.sizes, valuesOf({ logits, temperature: 1, turns: 200 })))
  const soon = unevenness(rowsOf(logits.sizes, valuesOf({ logits, temperature: 1, turns: 3 })))
  assert.ok(left > 1e-4 && left < soon, `${left} after 200 turns, ${soon} after 3`)
})

/** Far beyond exp of a quotient in float32, which ends at 88, and above as below. */
const far = [400, 0, -400, 3, 2, 1, -90, 0, 90]

example('in float32 no logit overflows, and no sample or prototype is lost', () =>
  withOpened(executors.wasm({ threads: 'here' }), async executor => {
    const sizes = { batch: 3, prototype: 3 }
    const logits = given(sizes, far)
    const targets = (x: { readonly logits: Tensor<'batch' | 'prototype'> }) => {
      const shares = balanced(3, 'batch')(x.logits, 0.04)
      return { shares, sums: sum('prototype')(shares), shifted: balanced(3, 'batch')(shift(1024)(x.logits), 0.04) }
    }
    const found = await expectRight(run(targets)({ logits: dense(sizes, Float32Array.from(far)) })(executor))
    for (const one of found.sums.data) assert.ok(Math.abs(one - 1) < 1e-5, `a sample's targets sum to ${one}`)
    for (const share of found.shifted.data) assert.ok(share >= 0 && share <= 1, `a share is ${share}`)
    const expected = numbers(balanced(3, 'batch')(logits, 0.04), sizes)
    found.shares.data.forEach((share, at) =>
      assert.ok(Math.abs(share - expected[at]) < 1e-3, `${share} at ${at}, expected ${expected[at]}`),
    )
  }),
)
