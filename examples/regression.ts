// The language on one page: a linear function is fitted to noisy points by gradient descent. Data have named axes; the
// model is a plain record of initialisers; its gradient is an expression made from the expression of the loss; and the
// step, a pure function, is compiled once, while the parameters stay on the executor between its runs. Prints the loss
// on the way, and in the end weights near 2, -1, 0.5 and a bias near 3, from which the points were made.
// Run: npx tsx examples/regression.ts [executor]

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type As,
  add,
  dense,
  dot,
  initialisers,
  machine,
  mean,
  random,
  scale,
  showRunError,
  square,
  sub,
  type Tensor,
  trees,
  valueAndGrad,
  withExecutor,
} from '../lib/index.ts'

/** The parameters: how large they are, and how they begin. */
const model = { weight: initialisers.normal(0.1)({ feature: 3 }), bias: initialisers.zeros({}) }
/** The same record with a tensor in the place of each initialiser. */
type Model = As<'tensor', typeof model>

const predict = ({ weight, bias }: Model, x: Tensor<'point' | 'feature'>): Tensor<'point'> =>
  add(dot('feature')(x, weight), bias)

/** The mean square of the errors. */
const loss = (x: Tensor<'point' | 'feature'>, y: Tensor<'point'>) => (parameters: Model) =>
  mean('point')(square(sub(predict(parameters, x), y)))

/** One parameter's step down its gradient; the learning rate is 0.2. */
const descend = <A extends string>(_: string, p: Tensor<A>, g: Tensor<A>): Tensor<A> => sub(p, scale(0.2)(g))

const points = 200
/** The weights that the points are made with; the bias is 3 and the noise has deviation 0.1. */
const truth = [2, -1, 0.5]
const x = dense({ point: points, feature: 3 }, random.normals(random.keyOf(1), points * 3))
const noise = random.normals(random.keyOf(2), points)
const y = dense(
  { point: points },
  noise.map((value, point) => truth.reduce((sum, w, at) => sum + w * x.data[point * 3 + at], 3 + 0.1 * value)),
)

/** A machine holds a state, here the parameters; each step reads data, changes the state and gives an output. */
const fit = machine(
  (parameters: Model, data: { readonly x: Tensor<'point' | 'feature'>; readonly y: Tensor<'point'> }) => {
    const { value, gradient } = valueAndGrad(loss(data.x, data.y))(parameters)
    return { state: trees.zipTrees(parameters, gradient)(descend), output: { loss: value } }
  },
  initialisers.initialise(random.keyOf(3))(model),
  { x, y },
)

/** Opens an executor, takes 50 steps, reads the parameters back and closes the executor, whatever happens. */
const main = pipe(
  withExecutor(process.argv[2] ?? 'auto')(executor =>
    pipe(
      fit(executor),
      TE.chain(({ step, state }) => async () => {
        for (let turn = 0; turn < 50; turn += 1) {
          const result = await step({ x, y })()
          if (result._tag === 'Left') return result
          if (turn % 10 === 9) console.log(`step ${turn + 1}: loss ${result.right.loss.data[0].toFixed(5)}`)
        }
        return state()
      }),
    ),
  ),
  TE.match(
    error => console.error(showRunError(error)),
    ({ weight, bias }) =>
      console.log(
        `weight ${Array.from(weight.data, value => value.toFixed(2)).join(' ')}, bias ${bias.data[0].toFixed(2)}`,
      ),
  ),
)

await main()
