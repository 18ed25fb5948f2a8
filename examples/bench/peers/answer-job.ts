// The part that all competitors written in TypeScript share: they read the job, make each case, time it, and print what
// was found. A case that fails is a finding too, and the next one is tried.

import { type Beginning, beginningOf, operandsOf, type Plain } from '../cases/beginning.ts'
import { type ContractionName, contractions, type StepName, steps } from '../cases/cases.ts'
import { errorOf } from '../cases/product-check.ts'
import { type Finding, type Job, jobSchema } from '../cases/protocol.ts'
import { measure } from '../cases/repeated-timing.ts'

/** A contraction or a step, ready to run. */
export interface Runnable<R> {
  /** Runs it once, to the end. */
  readonly run: () => Promise<R>
  readonly close: () => Promise<void>
}

/** A contraction; its result is read apart from its run. */
export interface RunnableContraction extends Runnable<void> {
  readonly result: () => Promise<ArrayLike<number>>
}

/** A library that takes part. */
export interface Peer {
  /** Version, backend and threads as they really are. */
  readonly about: string
  readonly contraction: (left: Plain, right: Plain) => Promise<RunnableContraction>
  /** A step: each run gives its loss. */
  readonly step: (beginning: Beginning) => Promise<Runnable<number>>
}

/** Prints a finding. */
export const tell = (finding: Finding): void => console.log(JSON.stringify(finding))

/** The first line of what was thrown. */
const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown)).split('\n')[0]

const contract = async (peer: Peer, job: Job, name: ContractionName): Promise<void> => {
  const { left, right } = operandsOf(contractions[name])
  const { run, result, close } = await peer.contraction(left, right)
  await run()
  const error = errorOf(contractions[name], left, right, await result())
  const milliseconds = await measure(job)(run)
  tell({ kind: 'contraction', name, milliseconds, error })
  await close()
}

const train = async (peer: Peer, job: Job, name: StepName): Promise<void> => {
  const { run, close } = await peer.step(beginningOf(steps[name]))
  const losses: number[] = []
  const milliseconds = await measure(job)(async () => {
    losses.push(await run())
  })
  tell({ kind: 'step', name, milliseconds, losses: losses.slice(0, 5) })
  await close()
}

/** Ends the process once everything that it printed has been taken. */
export const endProcess = (): void => {
  process.stdout.write('', () => process.exit(0))
}

/** Does the job that the process was given, then ends the process, for some libraries keep threads. */
export const answerJob = async (open: (job: Job) => Promise<Peer>): Promise<void> => {
  const job = jobSchema.parse(JSON.parse(process.argv[2]))
  const attempt = async (name: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (thrown) {
      tell({ kind: 'failed', name, reason: reasonOf(thrown) })
    }
  }
  await attempt('all', async () => {
    const peer = await open(job)
    tell({ kind: 'about', text: peer.about })
    for (const name of job.contractions) await attempt(name, () => contract(peer, job, name))
    for (const name of job.steps) await attempt(name, () => train(peer, job, name))
  })
  endProcess()
}
