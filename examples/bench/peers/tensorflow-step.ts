// A DINO step in TensorFlow.js: gradients of variables, then AdamW, the moving average and the centre variable by
// variable, as a user of that library would write it.

import type { Beginning, Plain } from '../cases/beginning.ts'
import type { StepCase } from '../cases/cases.ts'
import type { Runnable } from './answer-job.ts'
import type { Tensor, TensorFlow, Variable } from './tensorflow-library.ts'
import { backbone, head, type Weights } from './tensorflow-model.ts'

type ByPath<T> = Readonly<Record<string, T>>

const mapValues = <T, R>(values: ByPath<T>, f: (value: T, path: string) => R): ByPath<R> =>
  Object.fromEntries(Object.entries(values).map(([path, value]) => [path, f(value, path)]))

/** Everything that a step changes. */
interface State {
  readonly student: ByPath<Variable>
  readonly teacher: ByPath<Variable>
  readonly first: ByPath<Variable>
  readonly second: ByPath<Variable>
  readonly centre: Variable
}

/** Variables have names; those of a step before are disposed of. Only parameters with a decay are trained. */
const stateOf = (tf: TensorFlow, { step, parameters, decay }: Beginning): State => {
  tf.disposeVariables()
  const initial = mapValues(parameters, ({ data, shape }) => tf.tensor(data, shape))
  const variables = (prefix: string, tensors: Weights): ByPath<Variable> =>
    mapValues(tensors, (value, path) => tf.variable(value, path in decay, prefix + path))
  const zeros = (): Weights => mapValues(initial, value => tf.zerosLike(value))
  return {
    student: variables('student.', initial),
    teacher: variables('teacher.', initial),
    first: variables('first.', zeros()),
    second: variables('second.', zeros()),
    centre: tf.variable(tf.tensor(new Float32Array(step.prototypes), [step.prototypes]), false, 'centre'),
  }
}

/** Views as images: [view, batch, ...] becomes [image, ...]. */
const imagesOf = (tf: TensorFlow, { data, shape: [views, batch, ...image] }: Plain): Tensor =>
  tf.tensor(data, [views * batch, ...image])

/** The mean cross-entropy between each teacher view and each other student view. */
const lossOf = (targets: readonly Tensor[], students: readonly Tensor[]): Tensor => {
  const terms = targets.flatMap((target, global) =>
    students.flatMap((student, view) => (view === global ? [] : [target.mul(student).sum([-1]).mean().neg()])),
  )
  return terms.reduce((sum, term) => sum.add(term)).div(terms.length)
}

/** AdamW of one parameter, its gradient cut, at a turn from 1. */
const update = (tf: TensorFlow, step: StepCase, state: State, path: string, decay: number) => {
  const [student, first, second] = [state.student[path], state.first[path], state.second[path]]
  const { learningRate, beta1, beta2, epsilon, clip } = step
  return (gradient: Tensor, turn: number): void => {
    const factor = tf.scalar(clip).div(gradient.square().sum().sqrt().add(1e-6)).minimum(1)
    const g = gradient.mul(factor)
    first.assign(first.mul(beta1).add(g.mul(1 - beta1)))
    second.assign(second.mul(beta2).add(g.square().mul(1 - beta2)))
    const direction = first.div(1 - beta1 ** turn).div(
      second
        .div(1 - beta2 ** turn)
        .sqrt()
        .add(epsilon),
    )
    student.assign(student.sub(direction.add(student.mul(decay)).mul(learningRate)))
  }
}

const stepOf = (tf: TensorFlow, { step, decay, ...beginning }: Beginning, state: State) => {
  const { student, teacher, centre } = state
  const { batch, localViews, prototypes, studentTemperature, teacherTemperature, teacherMomentum, centreMomentum } =
    step
  const [global, local] = [imagesOf(tf, beginning.global), imagesOf(tf, beginning.local)]
  const resize = tf.tensor(beginning.resize.data, beginning.resize.shape)
  const studentLoss = (targets: readonly Tensor[]): Tensor => {
    const [globals, locals] = [backbone(student, step, global), backbone(student, step, local, resize)]
    const logits = head(student, step, globals.concat(locals, 0)).div(studentTemperature)
    const byView = logits.logSoftmax().reshape([2 + localViews, batch, prototypes])
    return lossOf(targets, byView.unstack(0))
  }
  const trained = Object.keys(decay)
  const updates = mapValues(decay, (own, path) => update(tf, step, state, path, own))
  return (turn: number): number => {
    const said = head(teacher, step, backbone(teacher, step, global))
    const targets = said.sub(centre).div(teacherTemperature).softmax().reshape([2, batch, prototypes]).unstack(0)
    const { value, grads } = tf.variableGrads(
      () => studentLoss(targets),
      trained.map(path => student[path]),
    )
    for (const path of trained) updates[path](grads[`student.${path}`], turn)
    for (const path of Object.keys(teacher))
      teacher[path].assign(teacher[path].mul(teacherMomentum).add(student[path].mul(1 - teacherMomentum)))
    centre.assign(centre.mul(centreMomentum).add(said.mean([0]).mul(1 - centreMomentum)))
    return value.dataSync()[0]
  }
}

/** The step with its state. */
export const trainingStep = (tf: TensorFlow, beginning: Beginning): Runnable<number> => {
  const step = stepOf(tf, beginning, stateOf(tf, beginning))
  let turn = 0
  return {
    run: async () => {
      turn += 1
      return tf.tidy(() => step(turn))
    },
    close: async () => undefined,
  }
}
