// Workers that run their share of a program over one shared memory. A worker holds instances of loaded modules and runs one
// when it is told to; inside a run the threads meet in WebAssembly, so a message is sent once a run and not once a step. Node
// has worker_threads, browsers have Worker; where neither can share memory, the calling thread runs alone.

import type { Task } from 'fp-ts/lib/Task.js'
import { isNode } from '../platform.ts'

/** A worker, whichever kind it is. */
interface Channel {
  readonly post: (message: unknown) => void
  /** Whether the program must stay alive for this worker. */
  readonly hold: (alive: boolean) => void
  readonly listen: (receive: (message: Reply) => void, fail: (reason: string) => void) => void
  readonly stop: Task<void>
}

interface Reply {
  readonly run: number
  readonly error?: string
  /** Milliseconds that each function took on this thread. */
  readonly times?: readonly number[]
}

/** What a worker does, as source text: it needs no file of its own, in Node or in a bundle. */
const source = (receive: string): string => `
  const instances = new Map()
  const handle = (message, reply) => {
    try {
      if (message.kind === 'load') {
        const imports = { env: { memory: message.memory } }
        instances.set(message.program, new WebAssembly.Instance(message.module, imports))
        return
      }
      if (message.kind === 'forget') {
        instances.delete(message.program)
        return
      }
      const { exports } = instances.get(message.program)
      const times = message.names.map(name => {
        const start = performance.now()
        exports[name](message.thread, message.first)
        return performance.now() - start
      })
      reply({ run: message.run, times })
    } catch (thrown) {
      reply({ run: message.run, error: String(thrown && thrown.message || thrown) })
    }
  }
  ${receive}
`

const nodeChannel = async (): Promise<Channel> => {
  const { Worker } = await import('node:worker_threads')
  const receive = `const { parentPort } = require('node:worker_threads')
    parentPort.on('message', message => handle(message, reply => parentPort.postMessage(reply)))`
  const worker = new Worker(source(receive), { eval: true, execArgv: [] })
  worker.unref()
  return {
    post: message => worker.postMessage(message),
    hold: alive => (alive ? worker.ref() : worker.unref()),
    listen: (got, fail) => {
      worker.on('message', got)
      worker.on('error', error => fail(error.message))
    },
    stop: async () => {
      await worker.terminate()
    },
  }
}

const browserChannel = async (): Promise<Channel> => {
  const receive = 'onmessage = ({ data }) => handle(data, reply => postMessage(reply))'
  const url = URL.createObjectURL(new Blob([source(receive)], { type: 'text/javascript' }))
  const worker = new Worker(url)
  return {
    post: message => worker.postMessage(message),
    hold: () => undefined,
    listen: (got, fail) => {
      worker.onmessage = ({ data }) => got(data as Reply)
      worker.onerror = ({ message }) => fail(message)
    },
    stop: async () => {
      worker.terminate()
      URL.revokeObjectURL(url)
    },
  }
}

/** Workers over shared memories. */
export interface Pool {
  readonly threads: number
  /** Gives a program to every worker; its number comes back. */
  readonly load: (module: WebAssembly.Module, memory: WebAssembly.Memory) => number
  /** Lets go of a program that is not run again. */
  readonly forget: (program: number) => void
  /** Runs exported functions of a program in turn, on every thread; gives the milliseconds of each on the first thread. */
  readonly run: (program: number, names: readonly string[], first: number) => Promise<readonly number[]>
  readonly close: Task<void>
}

/** Whether memory can be shared here: always in Node, in a browser on pages that are isolated from other origins. */
export const canShare = (): boolean =>
  typeof SharedArrayBuffer !== 'undefined' &&
  (isNode() ||
    (typeof Worker !== 'undefined' && (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true))

/** How many threads the machine runs at once. */
export const machineThreads = async (): Promise<number> => {
  if (!isNode()) return navigator.hardwareConcurrency || 1
  const { availableParallelism } = await import('node:os')
  return availableParallelism()
}

interface Waiting {
  left: number
  times: readonly number[]
  readonly resolve: (times: readonly number[]) => void
  readonly reject: (error: Error) => void
}

/** Starts workers. They keep Node alive only while they run. */
export const openPool = async (threads: number): Promise<Pool> => {
  const make = isNode() ? nodeChannel : browserChannel
  const channels = await Promise.all(Array.from({ length: threads }, make))
  const waiting = new Map<number, Waiting>()
  let programs = 0
  let runs = 0
  const holdAll = (alive: boolean): void => {
    for (const channel of channels) channel.hold(alive)
  }
  const close: Task<void> = async () => {
    await Promise.all(channels.map(({ stop }) => stop()))
  }
  /** A thread that fails leaves the others waiting for it, so all of them stop. */
  const fail = (reason: string): void => {
    for (const { reject } of waiting.values()) reject(new Error(reason))
    waiting.clear()
    void close()
  }
  channels.forEach((channel, thread) => {
    channel.listen(({ run, error, times }) => {
      const wait = waiting.get(run)
      if (wait === undefined) return
      if (error !== undefined) return fail(error)
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
        runs += 1
        const run = runs
        waiting.set(run, { left: threads, times: [], resolve, reject })
        holdAll(true)
        channels.forEach((channel, thread) => channel.post({ kind: 'run', program, names, thread, first, run }))
      }),
    close,
  }
}
