// The memory of this project's steps: the part that must be kept, what the memory plan takes, and what the wasm
// executor asks the engine for. A process of its own, for the size of every WebAssembly memory is noted from the start.

import * as E from 'fp-ts/lib/Either.js'
import type { RunInput, RunState } from '../../../dino/run/recipe.ts'
import { type As, compiler, executors, machine } from '../../../lib/index.ts'
import { type StepName, steps } from '../cases/cases.ts'
import { jobSchema } from '../cases/protocol.ts'
import { endProcess, tell } from './answer-job.ts'
import { accountOf } from './kept-memory.ts'
import { orThrow } from './own-executor.ts'
import { ownStep } from './own-step.ts'

const pageSize = 65536
/** Pages of the largest memory that was asked for. */
let pages = 0

WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
  construct: (Memory, [descriptor]: [WebAssembly.MemoryDescriptor]) => {
    pages = Math.max(pages, descriptor.initial)
    return new Memory(descriptor)
  },
})

const account = async (name: StepName, threads: number): Promise<void> => {
  const { step, state, inputAt } = ownStep(steps[name])
  const input = inputAt(0)
  const { graph } = compiler.trace(step, state as As<'spec', RunState>, input as As<'spec', RunInput>)
  const program = compiler.compile(executors.wasmCompile)(graph)
  if (E.isLeft(program)) throw new Error('the step does not compile')
  const executor = await orThrow(executors.wasm({ threads }))
  pages = 0
  await orThrow(machine(step, state, input)(executor))
  tell({ kind: 'memory', name, bytes: { ...accountOf(program.right, 'output.loss'), memory: pages * pageSize } })
}

const job = jobSchema.parse(JSON.parse(process.argv[2]))
for (const name of job.steps) await account(name, job.threads)
endProcess()
