// A pool of workers that run their shares of a program over one shared memory. Inside a run the threads wait for each
// other in WebAssembly, so each worker is sent one message for a run, not one for each step.
//
//   pool -> worker   load 1 (module, memory)      run 1 of program 1, as thread 0      forget 1
//   worker -> pool                                run 1 is done, with times

import { makeBy } from 'fp-ts/lib/ReadonlyArray.js'
import type { Task } from 'fp-ts/lib/Task.js'
import { type Channel, openChannel, type Reply } from './workers.ts'

/** Workers over shared memories. */
export interface Pool {
  readonly threads: number
  /** Gives a program to every worker; its number comes back. */
  readonly load: (module: WebAssembly.Module, memory: WebAssembly.Memory) => number
  /** Lets go of a program that is not run again. */
  readonly forget: (program: number) => void
  /**
   * Runs exported functions of a program in turn, on every thread; gives the milliseconds of each on the first thread.
   * Fails where a thread fails, and ever after.
   */
  readonly run: (program: number, names: readonly string[], first: number) => Promise<readonly number[]>
  readonly close: Task<void>
}

/** A run that some threads have not answered yet. */
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

/** Runs under way, each of which waits for every thread; once they are ended, no run begins any more. */
interface Runs {
  /** Begins a run: tells the threads its number, and gives the times of the first thread when all have answered. */
  readonly begin: (tell: (run: number) => void) => Promise<readonly number[]>
  readonly answer: (thread: number, reply: Reply) => void
  readonly end: (reason: string) => void
}

/** No runs yet; `busy` hears when the first begins and when the last is done. */
const openRuns = (threads: number, busy: (whether: boolean) => void): Runs => {
  const waiting = new Map<number, Waiting>()
  let begun = 0
  let ended: string | undefined
  return {
    begin: tell =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(new Error(ended))
        begun += 1
        waiting.set(begun, { left: threads, times: [], resolve, reject })
        busy(true)
        tell(begun)
      }),
    answer: (thread, { run, times }) => {
      const wait = waiting.get(run)
      if (wait === undefined) return
      if (thread === 0) wait.times = times ?? []
      wait.left -= 1
      if (wait.left > 0) return
      waiting.delete(run)
      if (waiting.size === 0) busy(false)
      wait.resolve(wait.times)
    },
    end: reason => {
      ended ??= reason
      for (const { reject } of waiting.values()) reject(new Error(ended))
      waiting.clear()
    },
  }
}

/** Starts workers. They keep Node alive only while they run. */
export const openPool = async (threads: number): Promise<Pool> => {
  const channels = await openChannels(threads)
  const runs = openRuns(threads, alive => channels.forEach(({ hold }) => hold(alive)))
  let programs = 0
  /** A thread that fails leaves the others waiting for it: all end. */
  const end = async (reason: string): Promise<void> => {
    runs.end(reason)
    await Promise.all(channels.map(({ stop }) => stop()))
  }
  const fail = (reason: string): void => void end(`a thread failed: ${reason}`)
  channels.forEach(({ listen }, thread) =>
    listen(reply => (reply.error === undefined ? runs.answer(thread, reply) : fail(reply.error)), fail),
  )
  const tell = (message: object): void => channels.forEach(({ post }) => post(message))
  return {
    threads,
    load: (module, memory) => {
      programs += 1
      tell({ kind: 'load', program: programs, module, memory })
      return programs
    },
    forget: program => tell({ kind: 'forget', program }),
    run: (program, names, first) =>
      runs.begin(run =>
        channels.forEach(({ post }, thread) => post({ kind: 'run', program, names, thread, first, run })),
      ),
    close: () => end('the executor was closed'),
  }
}
