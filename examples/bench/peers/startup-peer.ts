// How long this project keeps a user waiting before a training step can run: loading the assembler, starting threads,
// compiling the step, and compiling it again in the same process, where its module is known by its text.

import { initialState } from '../../../dino/run/initial.ts'
import { inputSpec } from '../../../dino/run/input.ts'
import { stepOf } from '../../../dino/run/recipe.ts'
import { executors, machine } from '../../../lib/index.ts'
import { startups } from '../cases/own-configuration.ts'
import { startupJobSchema } from '../cases/protocol.ts'
import { endProcess, tell } from './answer-job.ts'
import { orThrow } from './own-executor.ts'

/** Milliseconds of what is awaited, and what came of it. */
const timed = async <A>(work: () => Promise<A>): Promise<readonly [milliseconds: number, result: A]> => {
  const start = performance.now()
  const result = await work()
  return [performance.now() - start, result]
}

const { name, threads } = startupJobSchema.parse(JSON.parse(process.argv[2]))
const configuration = startups[name]
const state = initialState(configuration)
const make = machine(stepOf(configuration, 1), state, inputSpec(configuration, 1))

const [assembler] = await timed(async () => (await import('wabt')).default())
const [workers, executor] = await timed(() => orThrow(executors.wasm({ threads })))
const [first] = await timed(() => orThrow(make(executor)))
const [again] = await timed(() => orThrow(make(executor)))

tell({ kind: 'startup', name, milliseconds: { assembler, workers, first, again } })
endProcess()
