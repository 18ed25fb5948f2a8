// The state of a run as files, and back: a safetensors file for each part, with the number of steps that made it. The
// whole state is there, so that training goes on as if it had never stopped, to the bit on a float32 executor. Reading
// is strict: every tensor must be there with the right shape, no others, and all parts must be of the same step.
//
//   student.safetensors  { format: '2', step: '300' }  backbone.patch.weight, backbone.patch.bias, ...

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type As, compiler, dense, storage, trees } from '../../lib/index.ts'
import { type Network, network } from '../model/network.ts'
import { firstState } from '../step/state.ts'
import { type Configuration, format } from './configuration.ts'
import { objectiveOf, optimiserOf, type RunState } from './recipe.ts'

/** How far training has come: its state, and the steps that made it. The next step has that number. */
export interface Progress {
  readonly state: As<'dense', RunState>
  readonly step: number
  /** The k-NN accuracy of its teacher on held-out pictures, if it was judged. */
  readonly knn?: number
}

/** The parts of a state. */
export type StatePart = keyof RunState

/** The file of each part. */
export const stateFiles = {
  student: 'student.safetensors',
  teacher: 'teacher.safetensors',
  objective: 'objective.safetensors',
  optimiser: 'optimiser.safetensors',
} as const satisfies Readonly<Record<StatePart, string>>

/** The parts, in the order in which they are written. */
export const stateParts = Object.keys(stateFiles) as readonly StatePart[]

/** Contents of a file that are not as they should be. */
export interface ContentError {
  readonly file: string
  readonly expected: string
  readonly came: string
}

/** The contents of the file of a part. */
export const partContents = ({ state, step }: Progress, part: StatePart): Uint8Array =>
  storage.writeSafetensors({
    tensors: storage.storeTree()(state[part]),
    metadata: { format: String(format), step: String(step) },
  })

/** A tree from the contents of a file, and the steps that made it. */
const readTree = <T extends object>(
  file: string,
  tree: T,
  contents: Uint8Array,
): E.Either<ContentError, { readonly tree: As<'dense', T>; readonly step: number }> =>
  pipe(
    storage.readSafetensors(contents),
    E.mapLeft(({ reason }): ContentError => ({ file, expected: 'safetensors', came: reason })),
    E.bindTo('stored'),
    E.bind('step', ({ stored: { metadata } }) => {
      const step = Number(metadata.step)
      const known = metadata.format === String(format) && Number.isSafeInteger(step) && step >= 0
      const came = JSON.stringify(metadata)
      return known ? E.right(step) : E.left({ file, expected: `format "${format}" and the number of a step`, came })
    }),
    E.bind('tree', ({ stored: { tensors } }) =>
      pipe(
        storage.loadTree()(tree, tensors),
        E.mapLeft(
          (error): ContentError => ({
            file,
            expected: 'the tensors of its configuration',
            came: storage.showStoredError(error),
          }),
        ),
      ),
    ),
  )

/** A state of zeros, which says what belongs to a state. */
const blankState = (configuration: Configuration): As<'dense', RunState> => {
  const zeros = trees.mapTree<'initialiser', 'dense'>(({ sizes }) =>
    dense(sizes, new Float32Array(compiler.elements(sizes))),
  )
  return firstState(zeros(network(configuration.model)), objectiveOf(configuration), optimiserOf(configuration, 1))
}

/** One of a run's networks from the contents of its file. */
export const readNetwork = (
  { model }: Configuration,
  which: 'student' | 'teacher',
  contents: Uint8Array,
): E.Either<ContentError, As<'dense', Network>> =>
  pipe(
    readTree(stateFiles[which], network(model), contents),
    E.map(({ tree }) => tree),
  )

/** All of a state; `contents` gives those of each file. */
export const readProgress = <L>(
  configuration: Configuration,
  contents: (file: string) => E.Either<L, Uint8Array>,
): E.Either<L | ContentError, Progress> => {
  const blank = blankState(configuration)
  return pipe(
    stateParts,
    E.traverseArray(part =>
      pipe(
        contents(stateFiles[part]),
        E.chainW(bytes => readTree<object>(stateFiles[part], blank[part], bytes)),
      ),
    ),
    E.chainW(read => {
      const [{ step }] = read
      const other = read.findIndex(({ step: own }) => own !== step)
      const state = Object.fromEntries(stateParts.map((part, at) => [part, read[at].tree])) as object
      return other < 0
        ? E.right({ step, state: state as As<'dense', RunState> })
        : E.left({
            file: stateFiles[stateParts[other]],
            expected: `step ${step}, as ${stateFiles[stateParts[0]]} is of`,
            came: `step ${read[other].step}`,
          })
    }),
  )
}
