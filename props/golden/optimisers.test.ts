// The optimisers of torch and of the public code: AdamW, gradient descent with momentum, and LARS, on one matrix and
// one bias that is not decayed.

import {
  type As,
  constant,
  dense,
  initialisers,
  machine,
  optimisers,
  type storage,
  type Tensor,
} from '../../lib/index.ts'
import { closeTo } from '../support/closeness.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { readCase, tensorOf } from './case.ts'
import { closeness, everywhere, withOpened } from './every-executor.ts'

interface Rates {
  readonly lr: number
  readonly weightDecay: number
}
interface Config {
  readonly adamw: Rates
  readonly sgd: Rates & { readonly momentum: number }
  readonly lars: Rates & { readonly momentum: number; readonly eta: number }
  readonly noDecay: string
}

const golden = readCase<Config>('optimisers')
const { config } = golden
const [out, into] = tensorOf(golden, 'w0').shape
const steps = [...golden.tensors.keys()].filter(name => name.startsWith('gw.')).length

interface Parameters {
  readonly w: Tensor<'out' | 'in'>
  readonly b: Tensor<'unit'>
}
type Values = As<'dense', Parameters>

interface Inputs {
  readonly gradients: Parameters
  readonly clocks: optimisers.Clocks
}

const unit = tensorOf(golden, 'b0').data.length
const values = (w: storage.StoredTensor['data'], b: storage.StoredTensor['data']): Values => ({
  w: dense({ out, in: into }, w),
  b: dense({ unit }, b),
})
const stored = (w: string, b: string): Values => values(tensorOf(golden, w).data, tensorOf(golden, b).data)
const start = stored('w0', 'b0')

const model = {
  w: initialisers.withRole('w')(initialisers.zeros({ out, in: into })),
  b: initialisers.withRole('b')(initialisers.zeros({ unit })),
}

/** Only what the case names is not decayed. */
const groupOf = ({ role }: { readonly role: 'w' | 'b' }) => ({
  learningRateFactor: 1,
  weightDecayFactor: role === config.noDecay ? 0 : 1,
  frozenFor: 0,
})

/** Runs an optimiser over the golden gradients and compares the parameters after each step. */
const follow = (
  name: string,
  { lr, weightDecay }: Rates,
  { initial, clocks, update }: optimisers.Optimiser<Parameters>,
): void => {
  const rates = { learningRate: constant(lr), weightDecay: constant(weightDecay) }
  const inputs = (turn: number): As<'dense', Inputs> => ({
    gradients: stored(`gw.${turn}`, `gb.${turn}`),
    clocks: clocks(turn),
  })
  const step = (now: optimisers.Trained<Parameters>, given: Inputs) => ({
    state: update(rates, given.clocks)(now, given.gradients),
    output: {},
  })
  const begin = { parameters: start, kept: initial(start) }
  for (const [executorName, open] of Object.entries(everywhere))
    example(`${name} on ${executorName}`, () =>
      withOpened(open, async executor => {
        const { value } = closeness(executor)
        const running = await expectRight(
          machine<optimisers.Trained<Parameters>, Inputs, object>(step, begin, inputs(0))(executor),
        )
        for (let turn = 0; turn < steps; turn += 1) {
          await expectRight(running.step(inputs(turn)))
          const { parameters } = await expectRight(running.state)
          for (const leaf of ['w', 'b'] as const)
            closeTo(tensorOf(golden, `${name}.${leaf}.${turn}`).data, parameters[leaf].data, value, `${name}.${leaf}`)
        }
      }),
    )
}

follow('adamw', config.adamw, optimisers.optimiser(optimisers.adamw())(model, groupOf))
follow('sgd', config.sgd, optimisers.optimiser(optimisers.sgd(config.sgd.momentum))(model, groupOf))
follow(
  'lars',
  config.lars,
  optimisers.optimiser(optimisers.lars(config.lars.momentum, config.lars.eta))(model, groupOf),
)
