// Three optimisers on one problem: linear regression as in regression.ts, but with features of unlike sizes, where no
// learning rate suits all. An update rule (sgd, lars, adamw) says how one parameter moves; `optimiser` spreads it over
// the model. What it keeps between turns, velocities or means, is part of the state, and what it is told of the turn
// comes in its clocks. Prints the loss of each on the way; the noise in the points is worth 0.02.
// Run: npx tsx examples/optimisers.ts [executor]

import * as E from 'fp-ts/lib/Either.js'
import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import * as lib from '../lib/index.ts'

const model = { weight: lib.normal(0.1)({ feature: 3, target: 2 }), bias: lib.zeros({ target: 2 }) }
type Model = lib.As<'tensor', typeof model>

/** Every parameter is in one group: as fast as the learning rate says, not decayed, moving from the first turn on. */
const groupOf = (): lib.ParameterGroup => ({ learningRateFactor: 1, weightDecayFactor: 0, frozenFor: 0 })

interface Entrant {
  readonly by: lib.Optimiser<Model>
  readonly learningRate: number
}

/** Who takes part: a rule, and a learning rate that suits it. */
const entrants: Readonly<Record<'sgd' | 'lars' | 'adamw', Entrant>> = {
  sgd: { by: lib.optimiser(lib.sgd(0.9))(model, groupOf), learningRate: 0.01 },
  lars: { by: lib.optimiser(lib.lars(0.9, 0.1))(model, groupOf), learningRate: 0.1 },
  adamw: { by: lib.optimiser(lib.adamw())(model, groupOf), learningRate: 0.1 },
}
type Each<T> = Readonly<Record<keyof typeof entrants, T>>

interface Points {
  readonly x: lib.Tensor<'point' | 'feature'>
  readonly noise: lib.Tensor<'point' | 'target'>
}

/** Points are made from weights and a bias of 3, which are to be found, and noise. */
const truth = lib.array({ feature: 3, target: 2 }, [1, -0.5, -1, 2, 5, -5])

/** The mean over points of the squared error, both targets together. */
const loss =
  ({ x, noise }: Points) =>
  ({ weight, bias }: Model): lib.Scalar => {
    const y = lib.add(lib.shift(3)(lib.dot('feature')(x, truth)), noise)
    return lib.mean('point')(lib.sum('target')(lib.square(lib.sub(lib.add(lib.dot('feature')(x, weight), bias), y))))
  }

interface Input {
  readonly points: Points
  readonly clocks: Each<lib.Clocks>
}

interface Turn {
  readonly next: lib.Trained<Model>
  readonly value: lib.Scalar
}

/** One turn of each optimiser from its own parameters. */
const step = (now: Each<lib.Trained<Model>>, { points, clocks }: Input) => {
  const turns = RR.mapWithIndex((name: keyof typeof entrants, { by, learningRate }: Entrant): Turn => {
    const { value, gradient } = lib.valueAndGrad(loss(points))(now[name].parameters)
    const rates = { learningRate: lib.constant(learningRate), weightDecay: lib.constant(0) }
    return { value, next: by.update(rates, clocks[name])(now[name], gradient) }
  })(entrants)
  return { state: RR.map(({ next }: Turn) => next)(turns), output: RR.map(({ value }: Turn) => value)(turns) }
}

const count = 200
const sizes = [2, 1, 0.2]
const noise = lib.normals(lib.keyOf(2), 2 * count).map(value => 0.1 * value)
const points = {
  x: lib.dense(
    { point: count, feature: 3 },
    lib.normals(lib.keyOf(1), 3 * count).map((value, at) => sizes[at % 3] * value),
  ),
  noise: lib.dense({ point: count, target: 2 }, noise),
}
const inputAt = (done: number) => ({ points, clocks: RR.map(({ by }: Entrant) => by.clocks(done))(entrants) })
const parameters = lib.initialise(lib.keyOf(3))(model)
const start = RR.map(({ by }: Entrant) => ({ parameters, kept: by.initial(parameters) }))(entrants)

const ended = await lib.withExecutor(process.argv[2] ?? 'auto')(executor => async () => {
  const machine = await lib.machine(step, start, inputAt(0))(executor)()
  if (E.isLeft(machine)) return machine
  console.log(['turn', ...Object.keys(entrants)].map(text => text.padStart(10)).join(''))
  for (let turn = 1; turn <= 1000; turn += 1) {
    const losses = await machine.right.step(inputAt(turn - 1))()
    if (E.isLeft(losses)) return losses
    const row = Object.values(losses.right).map(({ data }) => data[0].toFixed(4).padStart(10))
    if ([1, 10, 30, 100, 300, 1000].includes(turn)) console.log(String(turn).padStart(10) + row.join(''))
  }
  return E.right(undefined)
})()
if (E.isLeft(ended)) console.error(lib.showRunError(ended.left))
