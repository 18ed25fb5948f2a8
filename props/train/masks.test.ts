// Drop masks: the first block is never dropped and later ones more and more, what is kept is enlarged so that the mean
// stays, and every block, branch, group of views, step and seed draws its own. Frequencies are taken at fixed keys, so
// that they are the same in every run, and must lie within five standard deviations.

import assert from 'node:assert/strict'
import { changed } from '../../dino/run/configuration.ts'
import { example } from '../support/example.ts'
import { asOften } from '../support/frequencies.ts'
import { type Masks, type Moment, masksAt } from '../support/step-given.ts'
import { tinyWith } from '../support/training.ts'

const dropPath = 0.4
const depth = 3
const moment: Moment = {
  configuration: tinyWith({ model: { backbone: { depth, dropPath } }, run: { batch: 400 } }),
  steps: 10,
  step: 0,
}

/** The factors of one branch of one block in all views of a group. */
interface Row {
  readonly name: string
  /** The probability to keep the branch. */
  readonly keep: number
  readonly factors: readonly number[]
}

const rowsOf = (name: string, masks: Masks): readonly Row[] =>
  (['global', 'local'] as const).flatMap(group =>
    masks[group].flatMap((branches, block) =>
      branches.map((factors, branch) => ({
        name: `${name}, ${group}, block ${block}, branch ${branch}`,
        keep: 1 - (dropPath * block) / (depth - 1),
        factors,
      })),
    ),
  )

const isKept = (factor: number): boolean => factor > 0

example('without drop path there are no masks', () =>
  assert.deepEqual(
    masksAt({ ...moment, configuration: changed(moment.configuration, { model: { backbone: { dropPath: 0 } } }) }),
    {
      global: [],
      local: [],
    },
  ),
)

example('a branch is dropped the more often the deeper it is, and enlarged where it is kept', () => {
  const rows = rowsOf('step 0', masksAt(moment))
  assert.equal(rows.length, 2 * depth * 2)
  for (const { name, keep, factors } of rows) {
    assert.ok(
      factors.every(factor => factor === 0 || Math.abs(factor * keep - 1) < 1e-6),
      name,
    )
    asOften(keep, factors.map(isKept), name)
  }
})

example('in DINOv2 every block drops its branches alike, the first too', () => {
  const configuration = changed(moment.configuration, { model: { backbone: { dropPathRule: 'uniform' } } })
  for (const { name, factors } of rowsOf('uniform', masksAt({ ...moment, configuration }))) {
    const keep = 1 - dropPath
    assert.ok(
      factors.every(factor => factor === 0 || Math.abs(factor * keep - 1) < 1e-6),
      name,
    )
    asOften(keep, factors.map(isKept), name)
  }
})

example('a step has the same masks whenever it is asked for', () =>
  assert.deepEqual(masksAt({ ...moment, step: 3 }), masksAt({ ...moment, step: 3 })),
)

example('blocks, branches, groups of views, steps and seeds are drawn apart', () => {
  const other = { ...moment, configuration: changed(moment.configuration, { run: { seed: 2 } }) }
  const rows = [
    ...rowsOf('step 0', masksAt(moment)),
    ...rowsOf('step 1', masksAt({ ...moment, step: 1 })),
    ...rowsOf('seed 2', masksAt(other)),
  ].filter(({ keep }) => keep < 1)
  rows.forEach((left, at) => {
    for (const right of rows.slice(at + 1)) {
      const alike = left.factors.map((factor, place) => isKept(factor) === isKept(right.factors[place]))
      const expected = left.keep * right.keep + (1 - left.keep) * (1 - right.keep)
      asOften(expected, alike, `${left.name} like ${right.name}`)
    }
  })
})
