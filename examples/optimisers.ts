// Three optimisers on one problem: linear regression as in regression.ts, but with features of unlike sizes, where no
// learning rate suits all. An update rule (sgd, lars, adamw) says how one parameter moves; `optimiser` spreads it over
// the model. What it keeps between turns, velocities or means, is part of the state, and what it is told of the turn
// comes in its clocks. Prints the loss of each on the way; the noise in the points is worth 0.02.
// Run: npx tsx examples/optimisers.ts [executor]

import * as E from 'fp-ts/lib/Either.js'
import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import {
  type As,
  add,
  array,
  constant,
  dense,
  dot,
  initialisers,
  machine,
  mean,
  optimisers,
  random,
  type Scalar,
  shift,
  showRunError,
  square,
  sub,
  sum,
  type Tensor,
  valueAndGrad,
  withExecutor,
} from '../lib/index.ts'

const model = { weight: initialisers.normal(0.1)({ feature: 3, target: 2 }), bias: initialisers.zeros({ target: 2 }) }
type Model = As<'tensor', typeof model>

/** Every parameter is in one group: as fast as the learning rate says, not decayed, moving from the first turn on. */
const groupOf = (): optimisers.ParameterGroup => ({ learningRateFactor: 1, weightDecayFactor: 0, frozenFor: 0 })

interface Entrant {
  readonly by: optimisers.Optimiser<Model>
  readonly learningRate: number
}

/** Who takes part: a rule, and a learning rate that suits it. */
const entrants: Readonly<Record<'sgd' | 'lars' | 'adamw', Entrant>> = {
  sgd: { by: optimisers.optimiser(optimisers.sgd(0.9))(model, groupOf), learningRate: 0.01 },
  lars: { by: optimisers.optimiser(optimisers.lars(0.9, 0.1))(model, groupOf), learningRate: 0.1 },
  adamw: { by: optimisers.optimiser(optimisers.adamw())(model, groupOf), learningRate: 0.1 },
}
type Each<T> = Readonly<Record<keyof typeof entrants, T>>

interface Points {
  readonly x: Tensor<'point' | 'feature'>
  readonly noise: Tensor<'point' | 'target'>
}

/** Points are made from weights and a bias of 3, which are to be found, and noise. */
const truth = array({ feature: 3, target: 2 }, [1, -0.5, -1, 2, 5, -5])

/** The mean over points of the squared error, both targets together. */
const loss =
  ({ x, noise }: Points) =>
  ({ weight, bias }: Model): Scalar => {
    const y = add(shift(3)(dot('feature')(x, truth)), noise)
    return mean('point')(sum('target')(square(sub(add(dot('feature')(x, weight), bias), y))))
  }

interface Input {
  readonly points: Points
  readonly clocks: Each<optimisers.Clocks>
}

interface Turn {
  readonly next: optimisers.Trained<Model>
  readonly value: Scalar
}

/** One turn of each optimiser from its own parameters. */
const step = (now: Each<optimisers.Trained<Model>>, { points, clocks }: Input) => {
  const turns = RR.mapWithIndex((name: keyof typeof entrants, { by, learningRate }: Entrant): Turn => {
    const { value, gradient } = valueAndGrad(loss(points))(now[name].parameters)
    const rates = { learningRate: constant(learningRate), weightDecay: constant(0) }
    return { value, next: by.update(rates, clocks[name])(now[name], gradient) }
  })(entrants)
  return { state: RR.map(({ next }: Turn) => next)(turns), output: RR.map(({ value }: Turn) => value)(turns) }
}

const count = 200
const sizes = [2, 1, 0.2]
const noise = random.normals(random.keyOf(2), 2 * count).map(value => 0.1 * value)
const points = {
  x: dense(
    { point: count, feature: 3 },
    random.normals(random.keyOf(1), 3 * count).map((value, at) => sizes[at % 3] * value),
  ),
  noise: dense({ point: count, target: 2 }, noise),
}
const inputAt = (done: number) => ({ points, clocks: RR.map(({ by }: Entrant) => by.clocks(done))(entrants) })
const parameters = initialisers.initialise(random.keyOf(3))(model)
const start = RR.map(({ by }: Entrant) => ({ parameters, kept: by.initial(parameters) }))(entrants)

const ended = await withExecutor(process.argv[2] ?? 'auto')(executor => async () => {
  const made = await machine(step, start, inputAt(0))(executor)()
  if (E.isLeft(made)) return made
  console.log(['turn', ...Object.keys(entrants)].map(text => text.padStart(10)).join(''))
  for (let turn = 1; turn <= 1000; turn += 1) {
    const losses = await made.right.step(inputAt(turn - 1))()
    if (E.isLeft(losses)) return losses
    const row = Object.values(losses.right).map(({ data }) => data[0].toFixed(4).padStart(10))
    if ([1, 10, 30, 100, 300, 1000].includes(turn)) console.log(String(turn).padStart(10) + row.join(''))
  }
  return E.right(undefined)
})()
if (E.isLeft(ended)) console.error(showRunError(ended.left))
