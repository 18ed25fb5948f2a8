// A pool of workers that run their shares of a program over one shared memory. Inside a run the threads meet in WebAssembly, so a
// message is sent once a run and not once a step.

import { makeBy } from 'fp-ts/lib/ReadonlyArray.js'
import type { Task } from 'fp-ts/lib/Task.js'
import { type Channel, openChannel } from './workers.ts'

/** Workers over shared memories. */
export interface Pool {
  readonly threads: number
  /** Gives a program to every worker; its number comes back. */
  readonly load: (module: WebAssembly.Module, memory: WebAssembly.Memory) => number
  /** Lets go of a program that is not run again. */
  readonly forget: (program: number) => void
  /**
   * Runs exported functions of a program in turn, on every thread; gives the milliseconds of each on the first thread. Fails
   * where a thread fails, and ever after.
   */
  readonly run: (program: number, names: readonly string[], first: number) => Promise<readonly number[]>
  readonly close: Task<void>
}

interface Waiting {
  left: number
  times: readonly number[]
  readonly resolve: (times: readonly number[]) => void
  readonly reject: (error: Error) => void
}

const isStarted = (start: PromiseSettledResult<Channel>): start is PromiseFulfilledResult<Channel> =>
  start.status === 'fulfilled'

/** Channels to so many workers; if one does not start, none stays. */
const openChannels = async (threads: number): Promise<readonly Channel[]> => {
  const starts = await Promise.allSettled(makeBy(threads, openChannel))
  const started = starts.filter(isStarted).map(({ value }) => value)
  const failed = starts.find(start => start.status === 'rejected')
  if (failed === undefined) return started
  await Promise.all(started.map(({ stop }) => stop()))
  throw failed.reason
}

/** Starts workers. They keep Node alive only while they run. */
export const openPool = async (threads: number): Promise<Pool> => {
  const channels = await openChannels(threads)
  const waiting = new Map<number, Waiting>()
  let programs = 0
  let runs = 0
  const holdAll = (alive: boolean): void => {
    for (const channel of channels) channel.hold(alive)
  }
  let ended: string | undefined
  /** Ends what is under way and all workers: a thread that fails leaves the others waiting for it. */
  const end = async (reason: string): Promise<void> => {
    ended ??= reason
    for (const { reject } of waiting.values()) reject(new Error(ended))
    waiting.clear()
    await Promise.all(channels.map(({ stop }) => stop()))
  }
  const fail = (reason: string): void => void end(`a thread failed: ${reason}`)
  channels.forEach((channel, thread) => {
    channel.listen(({ run, error, times }) => {
      if (error !== undefined) return fail(error)
      const wait = waiting.get(run)
      if (wait === undefined) return
      if (thread === 0) wait.times = times ?? []
      wait.left -= 1
      if (wait.left > 0) return
      waiting.delete(run)
      if (waiting.size === 0) holdAll(false)
      wait.resolve(wait.times)
    }, fail)
  })
  const tell = (message: object): void => {
    for (const channel of channels) channel.post(message)
  }
  return {
    threads,
    load: (module, memory) => {
      programs += 1
      tell({ kind: 'load', program: programs, module, memory })
      return programs
    },
    forget: program => tell({ kind: 'forget', program }),
    run: (program, names, first) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(new Error(ended))
        runs += 1
        const run = runs
        waiting.set(run, { left: threads, times: [], resolve, reject })
        holdAll(true)
        channels.forEach((channel, thread) => channel.post({ kind: 'run', program, names, thread, first, run }))
      }),
    close: () => end('the executor was closed'),
  }
}
