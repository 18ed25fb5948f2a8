// A DINO step in TensorFlow.js: gradients of variables, then AdamW, the moving average and the centre variable by
// variable.

import type { Runnable } from '../serve.ts'
import { adam, type Plain, type Start, scheduled } from '../start.ts'
import type { Tensor, TensorFlow, Variable } from './tensorflow-library.ts'
import { backbone, head, type Weights } from './tensorflow-model.ts'

/** Views as images: [view, batch, ...] becomes [image, ...]. */
const imagesOf = (tf: TensorFlow, views: Plain): Tensor => {
  const [count, batch, ...image] = views.shape
  return tf.tensor(views.data, [count * batch, ...image])
}

/** The mean cross-entropy between each teacher view and each other student view. */
const lossOf = (targets: readonly Tensor[], students: readonly Tensor[]): Tensor => {
  const terms = targets.flatMap((target, global) =>
    students.flatMap((student, view) => (view === global ? [] : [target.mul(student).sum([-1]).mean().neg()])),
  )
  return terms.reduce((sum, term) => sum.add(term)).div(terms.length)
}

const variablesOf = (
  tf: TensorFlow,
  tensors: Weights,
  prefix: string,
  isTrained: (path: string) => boolean,
): Readonly<Record<string, Variable>> =>
  Object.fromEntries(
    Object.entries(tensors).map(([path, value]) => [path, tf.variable(value, isTrained(path), prefix + path)]),
  )

const clipped = (tf: TensorFlow, gradient: Tensor, length: number): Tensor =>
  gradient.mul(tf.scalar(length).div(gradient.square().sum().sqrt().add(1e-6)).minimum(1))

/** The step with its state; that of a step before is disposed of, for variables have names. */
export const trainingStep = (tf: TensorFlow, start: Start): Runnable<number> => {
  tf.disposeVariables()
  const { configuration } = start
  const { model, views, objective, optimiser, run } = configuration
  const { prototypes } = model.head
  const [{ batch }, { localViews }, { clip }] = [run, views, optimiser]
  const { studentTemperature, centreMomentum } = objective
  const initial = Object.fromEntries(
    Object.entries(start.parameters).map(([path, plain]) => [path, tf.tensor(plain.data, plain.shape)]),
  )
  const zeros = Object.fromEntries(Object.entries(initial).map(([path, value]) => [path, tf.zerosLike(value)]))
  const isTrained = (path: string): boolean => path in start.decay
  const variables = (tensors: Weights, prefix: string) => variablesOf(tf, tensors, prefix, isTrained)
  const [student, teacher] = [variables(initial, 'student.'), variables(initial, 'teacher.')]
  const [first, second] = [variables(zeros, 'first.'), variables(zeros, 'second.')]
  const centre = tf.variable(tf.tensor(new Float32Array(prototypes), [prototypes]), false, 'centre')
  const [global, local, resize] = [
    imagesOf(tf, start.global),
    imagesOf(tf, start.local),
    tf.tensor(start.resize.data, start.resize.shape),
  ]
  const trained = Object.keys(student).filter(isTrained)

  const update = (path: string, gradient: Tensor, turn: number): void => {
    const { learningRate } = scheduled
    const { beta1, beta2, epsilon } = adam
    const g = clipped(tf, gradient, clip)
    first[path].assign(first[path].mul(beta1).add(g.mul(1 - beta1)))
    second[path].assign(second[path].mul(beta2).add(g.square().mul(1 - beta2)))
    const root = second[path]
      .div(1 - beta2 ** (turn + 1))
      .sqrt()
      .add(epsilon)
    const direction = first[path].div(1 - beta1 ** (turn + 1)).div(root)
    student[path].assign(student[path].sub(direction.add(student[path].mul(start.decay[path])).mul(learningRate)))
  }

  const stepOnce = (turn: number): number => {
    const { teacherMomentum: momentum, teacherTemperature } = scheduled
    const said = head(teacher, configuration, backbone(teacher, configuration, global))
    const targets = said.sub(centre).div(teacherTemperature).softmax().reshape([2, batch, prototypes]).unstack(0)
    const { value, grads } = tf.variableGrads(
      () => {
        const globals = backbone(student, configuration, global)
        const locals = backbone(student, configuration, local, resize)
        const logits = head(student, configuration, globals.concat(locals, 0)).div(studentTemperature)
        return lossOf(
          targets,
          logits
            .logSoftmax()
            .reshape([2 + localViews, batch, prototypes])
            .unstack(0),
        )
      },
      trained.map(path => student[path]),
    )
    for (const path of trained) update(path, grads[`student.${path}`], turn)
    for (const path of Object.keys(teacher))
      teacher[path].assign(teacher[path].mul(momentum).add(student[path].mul(1 - momentum)))
    centre.assign(centre.mul(centreMomentum).add(said.mean([0]).mul(1 - centreMomentum)))
    return value.dataSync()[0]
  }

  let turn = 0
  return {
    run: async () => {
      const loss = tf.tidy(() => stepOnce(turn))
      turn += 1
      return loss
    },
    close: async () => undefined,
  }
}
