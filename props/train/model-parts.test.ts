// A network with every part that the options know trains: float32 agrees with float64, each part moves, and the state
// is read back from its files.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { train } from '../../dino/run/course.ts'
import { initialState } from '../../dino/run/initial.ts'
import { directLoader } from '../../dino/run/loader.ts'
import { partContents, readProgress, stateFiles, stateParts } from '../../dino/run/saved.ts'
import { type Executor, executors } from '../../lib/index.ts'
import { withOpened } from '../golden/every-executor.ts'
import { closeTo } from '../support/closeness.ts'
import { example } from '../support/example.ts'
import { right } from '../support/results.ts'
import { inMemory, keeping, tinyWith, valuesOf } from '../support/training.ts'

const steps = 3

for (const positions of ['learned', 'rotary'] as const) {
  const configuration = tinyWith({
    model: {
      backbone: {
        ...{ registers: 2, layerScale: 0.1, feedForward: 'swiglu', positions, tokensNearZero: true },
        ...{ dropPathRule: 'uniform', positionOffset: 0, positionAntialias: true },
      },
      head: { lastLayer: 'plain', normLastLayer: false },
    },
    optimiser: { freezeLastLayer: 0 },
  })

  const trained = async (executor: Executor) => {
    const { heard, watch } = keeping()
    const course = { configuration, steps, loader: directLoader(configuration, inMemory(8)), watch }
    return { progress: right(await train(course)(executor)()), losses: heard.reports.map(({ loss }) => loss) }
  }

  example(`registers, LayerScale, SwiGLU, ${positions} positions and a plain last layer train`, () =>
    withOpened(executors.wasm({ threads: 'here' }), async executor => {
      const { progress, losses } = await trained(executor)
      closeTo((await trained(executors.reference)).losses, losses, 1e-3, 'losses')
      const before = new Map(valuesOf(initialState(configuration).student))
      const student = valuesOf(progress.state.student)
      const still = student.flatMap(([path, values]) =>
        values.every((value, at) => value === before.get(path)?.[at]) ? [path] : [],
      )
      assert.deepEqual(still, [])
      const paths = student.map(([path]) => path)
      for (const path of ['registers', 'blocks.1.scale2', 'blocks.0.mlp.factors.weight'])
        assert.ok(paths.includes(`backbone.${path}`), path)
      assert.equal(paths.includes('backbone.position'), positions === 'learned')
      assert.ok(!paths.includes('head.prototypes.gain'), 'a plain last layer has no gain')
      const contents = new Map<string, Uint8Array>(
        stateParts.map(part => [stateFiles[part], partContents(progress, part)]),
      )
      const read = right(readProgress(configuration, file => E.fromNullable(`no ${file}`)(contents.get(file))))
      assert.deepEqual(valuesOf(read.state), valuesOf(progress.state))
    }),
  )
}
