// Workers: threads, each of which holds instances of loaded modules and runs one of them when a message says so. Node
// has worker_threads for this and browsers have Worker; a `Channel` hides which it is.

import type { Task } from 'fp-ts/lib/Task.js'
import { isNode, optionalModule } from '../../execute/platform.ts'

/** A worker, whichever kind it is. */
export interface Channel {
  readonly post: (message: unknown) => void
  /** Whether the program must stay alive for this worker. */
  readonly hold: (alive: boolean) => void
  readonly listen: (receive: (message: Reply) => void, fail: (reason: string) => void) => void
  readonly stop: Task<void>
}

/** A worker's answer to a run. */
export interface Reply {
  readonly run: number
  readonly error?: string
  /** Milliseconds that each function took on this thread. */
  readonly times?: readonly number[]
}

/** The program of a worker as text, so that it needs no file of its own, in Node or in a bundle. */
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
  const { Worker } = await optionalModule<typeof import('node:worker_threads')>('node:worker_threads')
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

/** Starts a worker of the kind that there is here. */
export const openChannel = (): Promise<Channel> => (isNode() ? nodeChannel() : browserChannel())

/** Whether memory can be shared here: always in Node, in a browser on pages that are isolated from other origins. */
export const canShare = (): boolean =>
  typeof SharedArrayBuffer !== 'undefined' &&
  (isNode() ||
    (typeof Worker !== 'undefined' && (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true))

/** How many threads the machine runs at once. */
export const machineThreads = async (): Promise<number> => {
  if (!isNode()) return navigator.hardwareConcurrency || 1
  const { availableParallelism } = await optionalModule<typeof import('node:os')>('node:os')
  return availableParallelism()
}
