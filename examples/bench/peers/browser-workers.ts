// Threads for libraries that were written for browsers. These start workers from blobs, which Node's workers cannot
// read. Here a blob's text goes to a file, its address is the file's path, and `Worker` runs that file on a thread of
// Node.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker as Thread } from 'node:worker_threads'

/** The globals that a worker of a browser has and a thread of Node has not. */
const prologue = `
const { parentPort } = require('node:worker_threads')
globalThis.self = globalThis
globalThis.postMessage = message => parentPort.postMessage(message)
parentPort.on('message', data => globalThis.onmessage?.({ data }))
`

/**
 * The code before a blob's own. A thread that wants a blob's address has been sent the path already; the other names
 * are those of TensorFlow.js's bundle for Node, whose functions it sends to threads as text.
 */
const preamble = `
URL.createObjectURL = String
URL.revokeObjectURL = () => undefined
Object.assign(globalThis, {
  __dirname,
  commonjsGlobal: globalThis,
  require$$0: require('fs'),
  require$$1: require('path'),
  require$$3: require('perf_hooks'),
  require$$4: require('os'),
})
`

/** The part of a browser's worker that the libraries use. */
interface BrowserWorker {
  onmessage?: (event: { readonly data: unknown }) => void
  onerror?: (error: Error) => void
  readonly postMessage: (message: unknown) => void
  readonly terminate: () => void
}

const openThread = (path: string): BrowserWorker => {
  const thread = new Thread(`${prologue}require(${JSON.stringify(path)})`, { eval: true })
  const worker: BrowserWorker = {
    postMessage: (message: unknown) => thread.postMessage(message),
    terminate: () => void thread.terminate(),
  }
  thread.on('message', data => worker.onmessage?.({ data }))
  thread.on('error', error => worker.onerror?.(error))
  return worker
}

/** Makes browsers' blobs and workers work in this process; libraries that take all cores see as many as `threads`. */
export const installWorkers = (threads: number): void => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-workers-'))
  let files = 0
  /** A blob is a text object with the path of its file: it passes to a thread as it is. */
  const write = (parts: readonly string[]): object => {
    files += 1
    const path = join(folder, `${files}.cjs`)
    writeFileSync(path, preamble + parts.join(''))
    return Object(path)
  }
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
  define('Blob', new Proxy(Blob, { construct: (_, [parts]: [readonly string[]]) => write(parts) }))
  define('Worker', new Proxy(Thread, { construct: (_, [path]: [string]) => openThread(path) }))
  define('navigator', { hardwareConcurrency: threads })
  URL.createObjectURL = String
  URL.revokeObjectURL = () => undefined
}
