// The optimisers of torch and of the public code: AdamW, gradient descent with momentum, and LARS, on one matrix and one bias
// that is not decayed.

import { test } from 'node:test'
import {
  type AdamState,
  type As,
  adamw,
  constant,
  type DescentState,
  dense,
  denseScalar,
  lars,
  machine,
  type Scalar,
  sgd,
  type Tensor,
  usualAdam,
} from '../../lib/index.ts'
import { readCase, tensorOf } from './case.ts'
import { closeTo } from './closeness.ts'
import { closeness, everywhere, expectRight, withOpened } from './executors.ts'

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
  readonly correction1: Scalar
  readonly correction2: Scalar
}

const unit = tensorOf(golden, 'b0').data.length
const values = (w: Float32Array, b: Float32Array): Values => ({
  w: dense({ out, in: into }, w),
  b: dense({ unit }, b),
})
const stored = (w: string, b: string): Values => values(tensorOf(golden, w).data, tensorOf(golden, b).data)
const start = stored('w0', 'b0')
const still = values(new Float32Array(out * into), new Float32Array(unit))

const inputs = (turn: number): As<'dense', Inputs> => ({
  gradients: stored(`gw.${turn}`, `gb.${turn}`),
  correction1: denseScalar(1 - usualAdam.beta1 ** (turn + 1)),
  correction2: denseScalar(1 - usualAdam.beta2 ** (turn + 1)),
})

const ratesOf =
  ({ lr, weightDecay }: Rates) =>
  (path: string) => ({
    learningRate: constant(lr),
    weightDecay: constant(path === config.noDecay ? 0 : weightDecay),
  })

/** Runs an optimiser over the golden gradients and compares the parameters after each step. */
const follow = <S extends { readonly parameters: Parameters }>(
  name: string,
  step: (state: S, gradients: Parameters, inputs: Inputs) => S,
  initial: As<'dense', S>,
): void => {
  for (const [executorName, open] of Object.entries(everywhere))
    test(`${name} on ${executorName}`, () =>
      withOpened(open, async executor => {
        const { value } = closeness(executor)
        const whole = (state: S, given: Inputs) => ({ state: step(state, given.gradients, given), output: {} })
        const running = await expectRight(machine<S, Inputs, object>(whole, initial, inputs(0))(executor))
        for (let turn = 0; turn < steps; turn += 1) {
          await expectRight(running.step(inputs(turn)))
          const { parameters } = (await expectRight(running.state)) as { readonly parameters: Values }
          for (const leaf of ['w', 'b'] as const)
            closeTo(tensorOf(golden, `${name}.${leaf}.${turn}`).data, parameters[leaf].data, value, `${name}.${leaf}`)
        }
      }))
}

follow<AdamState<Parameters>>(
  'adamw',
  (state, gradients, { correction1, correction2 }) =>
    adamw()(path => ({ ...ratesOf(config.adamw)(path), correction1, correction2, active: constant(1) }))(
      state,
      gradients,
    ),
  { parameters: start, moments: { first: still, second: still } },
)

follow<DescentState<Parameters>>(
  'sgd',
  (state, gradients) => sgd(config.sgd.momentum)(ratesOf(config.sgd))(state, gradients),
  { parameters: start, velocity: still },
)

follow<DescentState<Parameters>>(
  'lars',
  (state, gradients) => lars(config.lars.momentum, config.lars.eta)(ratesOf(config.lars))(state, gradients),
  { parameters: start, velocity: still },
)
