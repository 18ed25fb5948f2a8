// The gpu executors: from a mode of gpu.js to an executor, or to the reason why it does not work here. A program with
// an axis that gpu.js cannot index is refused before anything is made. gpu.js falls back to another mode in silence;
// here a run on any but the mode that was asked for is an error.
//
//   { kind: 'fallback', executor: 'gpu:webgl2', ran: 'cpu', reason: ... }

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type CompileOptions, compile, usualCompile } from '../../compile/compile.ts'
import type { Program } from '../../compile/program.ts'
import { type Backend, executorOf } from '../../execute/backend.ts'
import { attempting, type RunError } from '../../execute/errors.ts'
import type { Executor, Resident } from '../../execute/executor.ts'
import { groupLimit, groupsFit, groupsOf } from './axis-groups.ts'
import type { Launched } from './launch.ts'
import { executorName, type Library, libraryFor, type Mode } from './modes.ts'
import { type Placed, place, read, run, write } from './placed.ts'

const failed = (mode: Mode, reason: string): RunError =>
  /device (was )?lost|context lost/i.test(reason)
    ? { kind: 'device lost', executor: executorName(mode), reason }
    : { kind: 'failed', executor: executorName(mode), reason }

/** Nothing may run on another backend than the one asked for. */
const verify = (mode: Mode, { mode: ran, fallbackReason }: ReturnType<Launched['report']>): E.Either<RunError, void> =>
  ran === mode || ran === 'none'
    ? E.right(undefined)
    : E.left({ kind: 'fallback', executor: executorName(mode), ran, reason: fallbackReason ?? 'gpu.js gave no reason' })

/** A program that gpu.js can index, or why it cannot. */
const fits = (mode: Mode, program: Program): E.Either<RunError, Program> => {
  const wide = program.buffers.find(({ sizes }) => !groupsFit(groupsOf(sizes)))
  if (wide === undefined) return E.right(program)
  const shape = wide.axes.map((axis, at) => `${axis} ${wide.sizes[at]}`).join(', ')
  return E.left(failed(mode, `an axis of (${shape}) has ${groupLimit} elements or more, which gpu.js cannot index`))
}

const residentOf = (mode: Mode, placed: Placed): Resident => {
  const attempt = attempting(reason => failed(mode, reason))
  const { program, launched } = placed
  return {
    holds: name => program.inputs[name] !== undefined,
    write: values => attempt(() => write(placed, values)),
    run: values =>
      pipe(
        attempt(() => run(placed, values)),
        TE.chainFirstEitherK(() => verify(mode, launched.report())),
      ),
    read: names => attempt(() => read(placed, names)),
  }
}

const backendOf = (mode: Mode, library: Library, options: CompileOptions): Backend => {
  const open: (() => void)[] = []
  const load = (program: Program): TE.TaskEither<RunError, Resident> =>
    pipe(
      TE.fromEither(fits(mode, program)),
      TE.chain(() =>
        attempting(reason => failed(mode, reason))(() => place(mode, library, program, close => open.push(close))),
      ),
      TE.map(placed => residentOf(mode, placed)),
    )
  return {
    name: executorName(mode),
    precision: 'float32',
    arithmetic: executorName(mode),
    description: `gpu.js in mode ${mode}`,
    prepare: graph => pipe(compile(options)(graph), E.map(load)),
    close: async () => {
      for (const close of open.splice(0)) close()
    },
  }
}

/** The modes whose kernels gpu.js itself runs; of WebGPU it only opens the device. */
export type OwnMode = Exclude<Mode, 'webgpu'>

/** The backend of one gpu.js mode, or why that mode does not work here. */
export const gpuBackend = (mode: OwnMode, options: CompileOptions = usualCompile): TE.TaskEither<RunError, Backend> =>
  pipe(
    libraryFor(mode),
    TE.map(library => backendOf(mode, library, options)),
  )

/** The executor of one gpu.js mode, or why that mode does not work here. */
export const gpu = (mode: OwnMode, options: CompileOptions = usualCompile): TE.TaskEither<RunError, Executor> =>
  pipe(gpuBackend(mode, options), TE.map(executorOf))
