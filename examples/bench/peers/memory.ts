// The memory of this project's step: what it must keep, what the plan takes and what the wasm executor asks the engine
// for.

import * as E from 'fp-ts/lib/Either.js'
import { initialState } from '../../../dino/run/initial.ts'
import { stepInput } from '../../../dino/run/input.ts'
import { type RunInput, type RunState, stepOf } from '../../../dino/run/recipe.ts'
import { type As, compiler, executors, machine } from '../../../lib/index.ts'
import { type StepName, steps } from '../cases.ts'
import { accountOf } from '../memory.ts'
import { jobSchema } from '../protocol.ts'
import { ratesAt, viewsOf } from '../start.ts'
import { orThrow } from './machines.ts'

const pageSize = 65536
let pages = 0

/** Notes the largest memory that is asked for from now on. */
const watchMemories = (): void => {
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct: (Memory, [descriptor]: [WebAssembly.MemoryDescriptor]) => {
      pages = Math.max(pages, descriptor.initial)
      return new Memory(descriptor)
    },
  })
}

const describe = async (name: StepName, threads: number): Promise<void> => {
  const configuration = steps[name]
  const step = stepOf(configuration, 1)
  const state = initialState(configuration)
  const input = stepInput(configuration, viewsOf(configuration), 0, ratesAt(configuration)(0))
  const program = compiler.compile(executors.wasmCompile)(
    compiler.trace(step, state as As<'spec', RunState>, input as As<'spec', RunInput>).graph,
  )
  if (E.isLeft(program)) throw new Error('the step does not compile')
  const executor = await orThrow(executors.wasm({ threads }))
  pages = 0
  await orThrow(machine(step, state, input)(executor))
  const bytes = { ...accountOf(program.right, 'output.loss'), memory: pages * pageSize }
  console.log(JSON.stringify({ kind: 'memory', name, bytes }))
}

watchMemories()
const job = jobSchema.parse(JSON.parse(process.argv[2]))
for (const name of job.steps) await describe(name, job.threads)
process.stdout.write('', () => process.exit(0))
