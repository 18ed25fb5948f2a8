// The language in forty lines: a line is fitted to noisy points. Axes are names, the model is a record of initialisers, the
// gradient is a function from expression to expression, and a pure step is compiled once and keeps its state on the executor.
// Run: npx tsx examples/regression.ts [executor]

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type As,
  add,
  dense,
  dot,
  initialise,
  keyOf,
  machine,
  mean,
  normal,
  normals,
  scale,
  showRunError,
  square,
  sub,
  type Tensor,
  valueAndGrad,
  withExecutor,
  zeros,
  zipTrees,
} from '../lib/index.ts'

const model = { weight: normal(0.1)({ feature: 3 }), bias: zeros({}) }
type Model = As<'tensor', typeof model>

const predict = ({ weight, bias }: Model, x: Tensor<'point' | 'feature'>): Tensor<'point'> =>
  add(dot('feature')(x, weight), bias)

const loss = (x: Tensor<'point' | 'feature'>, y: Tensor<'point'>) => (parameters: Model) =>
  mean('point')(square(sub(predict(parameters, x), y)))

const descend = <A extends string>(_: string, p: Tensor<A>, g: Tensor<A>): Tensor<A> => sub(p, scale(0.2)(g))

const points = 200
const truth = [2, -1, 0.5]
const x = dense({ point: points, feature: 3 }, normals(keyOf(1), points * 3))
const noise = normals(keyOf(2), points)
const y = dense(
  { point: points },
  noise.map((value, point) => truth.reduce((sum, w, at) => sum + w * x.data[point * 3 + at], 3 + 0.1 * value)),
)

const fit = machine(
  (parameters: Model, data: { readonly x: Tensor<'point' | 'feature'>; readonly y: Tensor<'point'> }) => {
    const { value, gradient } = valueAndGrad(loss(data.x, data.y))(parameters)
    return { state: zipTrees(parameters, gradient)(descend), output: { loss: value } }
  },
  initialise(keyOf(3))(model),
  { x, y },
)

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
