// Estimates: parameters are counted, a step's memory is what its plan needs, to within a third, and what is certain is
// never more.

import assert from 'node:assert/strict'
import { type ConfigurationChanges, changed } from '../../dino/run/configuration.ts'
import { estimate, showBytes } from '../../dino/run/estimate.ts'
import { initialState, standing } from '../../dino/run/initial.ts'
import { inputSpec } from '../../dino/run/input.ts'
import { presetOf } from '../../dino/run/presets.ts'
import { type RunGathering, type RunInput, stepOf } from '../../dino/run/recipe.ts'
import { type As, compiler, trees } from '../../lib/index.ts'
import { example } from '../support/example.ts'
import { right } from '../support/results.ts'

/** Bytes of the memory plan of a step. */
const planned = (configuration: ReturnType<typeof presetOf>): number => {
  const state = standing(configuration, initialState(configuration)) as As<'spec', RunGathering>
  const input: As<'spec', RunInput> = inputSpec(configuration, 100)
  const { graph } = compiler.trace(stepOf(configuration, 100), state, input)
  return 4 * compiler.planMemory(right(compiler.compile(compiler.usualCompile)(graph))).size
}

const cases: Readonly<Record<string, ConfigurationChanges>> = {
  scenes: {},
  'larger batches': { run: { batch: 64 } },
  'more prototypes': { model: { head: { prototypes: 4096 } } },
  'a wider network': { model: { backbone: { features: 128 } } },
  'larger images': { model: { backbone: { imageSize: 48 } } },
  'a batch in parts': { run: { batch: 64, accumulate: 4 } },
  'an optimiser that keeps less': { optimiser: { rule: 'sgd' } },
  'hidden patches through the same head': {
    model: { backbone: { maskToken: true } },
    objective: { ibot: { weight: 1 } },
  },
  'hidden patches through a head of their own': {
    model: { backbone: { maskToken: true }, patchHead: { separate: true, prototypes: 1024 } },
    objective: { ibot: { weight: 1 } },
  },
  'an anchor': { objective: { gram: { weight: 1 } } },
}

for (const [name, changes] of Object.entries(cases))
  example(`${name}: a step needs what is said, to within a third`, () => {
    const configuration = changed(presetOf('scenes'), changes)
    const { step, least } = estimate(configuration)
    const needed = planned(configuration)
    assert.ok(step >= 0.95 * needed && step <= 1.4 * needed, `said ${showBytes(step)}, needed ${showBytes(needed)}`)
    assert.ok(least <= needed, `at least ${showBytes(least)}, needed ${showBytes(needed)}`)
  })

for (const [name, changes] of Object.entries({ ...cases, scenes: {} }))
  example(`what is written is the state: ${name}`, () => {
    const configuration = changed(presetOf('scenes'), changes)
    const { student, teacher, optimiser, objective } = initialState(configuration)
    const anchor = 'gram' in objective ? objective.gram : {}
    const count = trees
      .leavesOf<'dense'>({ student, teacher, optimiser, anchor })
      .reduce((sum, [, { data }]) => sum + data.length, 0)
    assert.equal(estimate(configuration).written, 4 * count)
  })

example('what needs most is named with its flags', () => {
  const of = (changes: ConfigurationChanges) => estimate(changed(presetOf('scenes'), changes)).largest
  assert.match(of({ model: { head: { prototypes: 10 ** 6 } } }), /^logits of a batch \(--batch, --prototypes\)$/)
  assert.match(of({ model: { head: { prototypes: 10 ** 5, bottleneck: 4096 } } }), /^prototypes \(/)
  assert.match(of({ model: { head: { hidden: 65536 } } }), /^the head \(/)
  assert.match(of({ model: { backbone: { features: 8192 } } }), /^the backbone \(/)
  assert.match(of({ run: { batch: 65536 } }), /^tokens of a batch \(/)
})

example('bytes are told in units that a person reads', () => {
  assert.deepEqual([1, 3.2e6, 999e6, 1.53e9, 66.4e9].map(showBytes), ['1 MB', '4 MB', '999 MB', '1.5 GB', '66.4 GB'])
})
