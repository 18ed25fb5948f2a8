// A DINO step in jax-js: one function from state and batch to state and loss, compiled whole by `jit`.

import type { Beginning, Plain } from '../cases/beginning.ts'
import type { Runnable } from './answer-job.ts'
import type { Jax, Value, Values } from './jax-library.ts'
import { modelOf } from './jax-model.ts'

interface State {
  readonly student: Values
  readonly teacher: Values
  readonly first: Values
  readonly second: Values
  readonly centre: Value
}

interface Batch {
  readonly global: Value
  readonly local: Value
  readonly resize: Value
  /** Adam divides its two means by these at this turn. */
  readonly correction1: Value
  readonly correction2: Value
}

const mapValues = (values: Values, f: (value: Value, path: string) => Value): Values =>
  Object.fromEntries(Object.entries(values).map(([path, value]) => [path, f(value, path)]))

/** The mean cross-entropy between each teacher view and each other student view, both [view, batch, prototype]. */
const lossOf = (targets: Value, students: Value): Value => {
  const terms = Array.from({ length: targets.shape[0] }, (_, global) =>
    Array.from({ length: students.shape[0] }, (_, view) =>
      view === global ? [] : [targets.ref.slice(global).mul(students.ref.slice(view)).sum(-1).mean().neg()],
    ),
  ).flat(2)
  return terms.reduce((sum, term) => sum.add(term)).div(terms.length)
}

const stepOf = (jax: Jax, { step, decay }: Beginning) => {
  const { numpy: np, nn } = jax
  const { backbone, head } = modelOf(jax, step)
  const { batch, localViews, prototypes, studentTemperature, teacherTemperature, centreMomentum, clip } = step
  const { learningRate, teacherMomentum: momentum, beta1, beta2, epsilon } = step

  const studentLoss = (student: Values, { global, local, resize }: Batch, targets: Value): Value => {
    const features = np.concatenate([backbone(student, global.ref), backbone(student, local.ref, resize.ref)], 0)
    const logits = head(student, features).div(studentTemperature)
    return lossOf(targets, nn.logSoftmax(logits, -1).reshape([2 + localViews, batch, prototypes]))
  }

  const clipped = (gradient: Value): Value => {
    const length = np.sqrt(np.square(gradient.ref).sum()).add(1e-6)
    return gradient.mul(np.minimum(np.reciprocal(length).mul(clip), 1))
  }

  return ({ student, teacher, first, second, centre }: State, given: Batch): readonly [State, Value] => {
    const said = head(teacher, backbone(teacher, given.global.ref))
    const sharp = said.ref.sub(centre.ref).div(teacherTemperature)
    const targets = nn.softmax(sharp, -1).reshape([2, batch, prototypes])
    const [loss, raw] = jax.valueAndGrad(studentLoss)(jax.tree.ref(student), jax.tree.ref(given), targets)
    const gradients = mapValues(raw, clipped)
    const m = mapValues(first, (old, path) => old.mul(beta1).add(gradients[path].ref.mul(1 - beta1)))
    const v = mapValues(second, (old, path) => old.mul(beta2).add(np.square(gradients[path].ref).mul(1 - beta2)))
    const next = mapValues(student, (old, path) => {
      if (!(path in decay)) return old
      const root = np.sqrt(v[path].ref.div(given.correction2.ref)).add(epsilon)
      const direction = m[path].ref.div(given.correction1.ref).div(root)
      return old.ref.sub(direction.add(old.ref.mul(decay[path])).mul(learningRate))
    })
    return [
      {
        student: next,
        teacher: mapValues(teacher, (old, path) => old.ref.mul(momentum).add(next[path].ref.mul(1 - momentum))),
        first: m,
        second: v,
        centre: centre.ref.mul(centreMomentum).add(said.mean(0).mul(1 - centreMomentum)),
      },
      loss,
    ]
  }
}

const arrayOf = (jax: Jax, { data, shape }: Plain): Value => jax.numpy.array(data).reshape(shape)

/** Views as images: [view, batch, ...] becomes [image, ...]. */
const imagesOf = (jax: Jax, { data, shape: [views, batch, ...image] }: Plain): Value =>
  arrayOf(jax, { data, shape: [views * batch, ...image] })

/** The step with its state. */
export const trainingStep = (jax: Jax, beginning: Beginning): Runnable<number> => {
  const { parameters, step: given } = beginning
  const fresh = (f: (plain: Plain) => Value): Values =>
    Object.fromEntries(Object.entries(parameters).map(([path, plain]) => [path, f(plain)]))
  const weights = () => fresh(plain => arrayOf(jax, plain))
  const zeros = () => fresh(({ shape }) => jax.numpy.zeros(shape))
  const step = jax.jit(stepOf(jax, beginning))
  const [global, local, resize] = [
    imagesOf(jax, beginning.global),
    imagesOf(jax, beginning.local),
    arrayOf(jax, beginning.resize),
  ]
  let state: State = {
    student: weights(),
    teacher: weights(),
    first: zeros(),
    second: zeros(),
    centre: jax.numpy.zeros([given.prototypes]),
  }
  let turn = 0
  const correction = (beta: number): Value => jax.numpy.array(Float32Array.of(1 - beta ** (turn + 1))).reshape([])
  return {
    /**
     * The loss is asked for first: waiting for all of the state at once would ask for every kernel once for each array.
     */
    run: async () => {
      const corrections = { correction1: correction(given.beta1), correction2: correction(given.beta2) }
      const [next, loss] = step(state, { ...jax.tree.ref({ global, local, resize }), ...corrections })
      const [value] = await loss.data()
      state = await jax.blockUntilReady(next)
      turn += 1
      return value
    },
    close: async () => undefined,
  }
}
