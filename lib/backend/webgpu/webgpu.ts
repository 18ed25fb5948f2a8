// The executor of WebGPU: a program is placed on the device once, and a run is one submit.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type CompileOptions, compile, usualCompile } from '../../compile/compile.ts'
import type { Program } from '../../compile/program.ts'
import { type Backend, executorOf } from '../../execute/backend.ts'
import { attempting, type RunError } from '../../execute/errors.ts'
import type { Executor, Resident } from '../../execute/executor.ts'
import { executorName } from '../gpujs/modes.ts'
import { type Context, openContext } from './device.ts'
import { placeProgram } from './placed-program.ts'
import { operationsOf } from './resident.ts'

const executor = executorName('webgpu')

const failureIn =
  (context: Context) =>
  (reason: string): RunError =>
    context.isLost || /device (was |is )?lost/i.test(reason)
      ? { kind: 'device lost', executor, reason }
      : { kind: 'failed', executor, reason }

const describe = ({ adapter }: Context): string => {
  const { vendor, architecture, device, description } = adapter.info
  return [...new Set([vendor, architecture, device, description].filter(part => part !== ''))].join(' ')
}

const backendOf = (context: Context, options: CompileOptions): Backend => {
  const open: (() => void)[] = []
  const attempt = attempting(failureIn(context))
  const load = (program: Program): TE.TaskEither<RunError, Resident> =>
    attempt(async () => {
      const { write, run, read, close } = operationsOf(await placeProgram(context.device, program))
      open.push(close)
      return {
        holds: name => program.inputs[name] !== undefined,
        write: values => attempt(() => write(values)),
        run: values => attempt(() => run(values)),
        read: names => attempt(() => read(names)),
      }
    })
  return {
    name: executor,
    precision: 'float32',
    arithmetic: `WebGPU, ${describe(context)}`,
    description: `WebGPU, ${describe(context)}`,
    prepare: graph => pipe(compile(options)(graph), E.map(load)),
    close: async () => {
      for (const close of open.splice(0)) close()
    },
  }
}

/** The backend of WebGPU, or why it does not work here. */
export const webgpuBackend = (options: CompileOptions = usualCompile): TE.TaskEither<RunError, Backend> =>
  pipe(
    openContext,
    TE.map(context => backendOf(context, options)),
  )

/** The executor of WebGPU, or why it does not work here. */
export const webgpu = (options: CompileOptions = usualCompile): TE.TaskEither<RunError, Executor> =>
  pipe(webgpuBackend(options), TE.map(executorOf))
