// The gpu executor: programs on any mode of gpu.js. State is a map from carried names to device handles; a run
// replaces each handle by that of the output of the same name and deletes the old one.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Graph } from '../../compile/checked.ts'
import { compile, type Options, usual } from '../../compile/compile.ts'
import type { Program } from '../../compile/program.ts'
import { closing } from '../../execute/closing.ts'
import { type RunError, reasonOf } from '../../execute/errors.ts'
import type { Executor, Loaded, Values } from '../../execute/executor.ts'
import { guarded, type Trusting } from '../../execute/guarded.ts'
import { groupLimit, groupsFit, groupsOf } from './groups.ts'
import { type Launched, launch } from './launch.ts'
import { executorName, type Handle, type Library, libraryFor, type Mode } from './modes.ts'

const failed = (mode: Mode, reason: string): RunError =>
  /device (was )?lost|context lost/i.test(reason)
    ? { kind: 'device lost', executor: executorName(mode), reason }
    : { kind: 'failed', executor: executorName(mode), reason }

/** Nothing may run on another backend than the one asked for. */
const verify = (mode: Mode, { mode: ran, fallbackReason }: ReturnType<Launched['report']>): E.Either<RunError, void> =>
  ran === mode || ran === 'none'
    ? E.right(undefined)
    : E.left({ kind: 'fallback', executor: executorName(mode), ran, reason: fallbackReason ?? 'gpu.js gave no reason' })

const fits = (mode: Mode, program: Program): E.Either<RunError, Program> => {
  const wide = program.buffers.find(({ sizes }) => !groupsFit(groupsOf(sizes)))
  if (wide === undefined) return E.right(program)
  const shape = wide.axes.map((axis, at) => `${axis} ${wide.sizes[at]}`).join(', ')
  return E.left(failed(mode, `an axis of (${shape}) has ${groupLimit} elements or more, which gpu.js cannot index`))
}

/** Handles by carried name: a run replaces each by that of the output of the same name. */
const holdState = ({ release }: Launched) => {
  const handles = new Map<string, Handle>()
  const replace = (name: string, handle: Handle): void => {
    const old = handles.get(name)
    if (old !== handle) release(old)
    handles.set(name, handle)
  }
  return { handles, replace }
}

const resident = (
  mode: Mode,
  program: Program,
  launched: Launched,
  constants: ReadonlyMap<number, Handle>,
): Trusting => {
  const state = holdState(launched)
  const attempt = <A>(action: () => Promise<A>): TE.TaskEither<RunError, A> =>
    TE.tryCatch(action, thrown => failed(mode, reasonOf(thrown)))
  const write = async (values: Values): Promise<void> => {
    for (const [name, value] of values) state.replace(name, await launched.upload(program.inputs[name], value))
  }
  const uploaded = async (values: Values): Promise<ReadonlyMap<number, Handle>> => {
    const fresh = new Map<number, Handle>()
    for (const [name, buffer] of Object.entries(program.inputs))
      if (!program.carried.includes(name)) fresh.set(buffer, await launched.upload(buffer, values.get(name)!))
    return fresh
  }
  const runOnce = async (values: Values): Promise<Values> => {
    const fresh = await uploaded(values)
    const held = [...state.handles]
      .filter(([name]) => program.inputs[name] !== undefined)
      .map(([name, handle]): [number, Handle] => [program.inputs[name], handle])
    const outputs = await launched.run(new Map([...constants, ...held, ...fresh]))
    const results = new Map<string, Float32Array>()
    for (const [name, buffer] of Object.entries(program.outputs)) {
      const handle = outputs.get(buffer)
      if (program.carried.includes(name)) state.replace(name, handle)
      else {
        results.set(name, await launched.download(buffer, handle))
        launched.release(handle)
      }
    }
    for (const handle of fresh.values()) launched.release(handle)
    return results
  }
  const read = async (names: readonly string[]): Promise<Values> => {
    const found = new Map<string, Float32Array>()
    for (const name of names) found.set(name, await launched.download(program.outputs[name], state.handles.get(name)))
    return found
  }
  return {
    holds: name => program.inputs[name] !== undefined,
    write: values => attempt(() => write(values)),
    run: values =>
      pipe(
        attempt(() => runOnce(values)),
        TE.chainFirstEitherK(() => verify(mode, launched.report())),
      ),
    read: names => attempt(() => read(names)),
  }
}

const loadProgram =
  (mode: Mode, library: Library, options: Options, opened: (close: () => void) => void) =>
  (graph: Graph): TE.TaskEither<RunError, Loaded> =>
    pipe(
      compile(options)(graph),
      E.mapLeft((errors): RunError => ({ kind: 'ill-sized', errors })),
      E.chain(program => fits(mode, program)),
      TE.fromEither,
      TE.chain(program =>
        TE.tryCatch(
          async () => {
            const gpu = new library.GPU({ mode })
            const launched = launch(mode)(gpu, library, program)
            opened(() => {
              launched.destroy()
              gpu.destroy()
            })
            const constants = new Map<number, Handle>()
            for (const { buffer, values } of program.constants)
              constants.set(buffer, await launched.upload(buffer, values))
            return guarded(graph)(resident(mode, program, launched, constants))
          },
          thrown => failed(mode, reasonOf(thrown)),
        ),
      ),
    )

/** The executor of one gpu.js mode, or why that mode does not work here. */
export const gpu = (mode: Mode, options: Options = usual): TE.TaskEither<RunError, Executor> =>
  pipe(
    libraryFor(mode),
    TE.map((library): Executor => {
      const open: (() => void)[] = []
      return closing({
        name: executorName(mode),
        precision: 'float32',
        description: `gpu.js in mode ${mode}`,
        load: loadProgram(mode, library, options, close => open.push(close)),
        close: async () => {
          for (const close of open.splice(0)) close()
        },
      })
    }),
  )
