// The modes of gpu.js, and for each whether it works here or the reason why not. No mode stands in for another in
// silence. gpu.js is loaded when the first mode is asked for, and the package `webgpu` only for WebGPU in Node.
//
//   libraryFor('webgl2')  in Node:  { kind: 'unavailable', executor: 'gpu:webgl2', reason: 'it runs in browsers only' }

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type RunError, reasonOf } from '../../execute/errors.ts'
import { isNode, optionalModule } from '../../execute/platform.ts'

/** The modes that this executor runs. */
export const modes = ['webgpu', 'webgl2', 'headlessgl', 'webasm', 'cpu'] as const
/** One of them. */
export type Mode = (typeof modes)[number]

/** Anything that a gpu.js kernel takes and gives: an upload, a resident handle, or nested arrays. */
export type Handle = unknown

/** A kernel of gpu.js. */
export type Launcher = ((...inputs: readonly Handle[]) => Handle) & {
  readonly kernel: { readonly constructor: { readonly mode: string }; readonly fallbackReason?: string | null }
  readonly destroy: () => void
}

/** Calls of kernels that gpu.js has recorded once and repeats. */
export type Pipeline = ((...inputs: readonly Handle[]) => Promise<readonly Handle[]>) & {
  readonly executorKind: string
  readonly fallbackReason: string | null
  readonly destroy: () => void
}

/** The parts of gpu.js's GPU that are used; sources are texts, so that no bundler touches them. */
export interface Device {
  readonly createKernel: (source: string, settings: object) => Launcher
  readonly createPipeline: (walk: (...inputs: readonly Handle[]) => readonly Handle[], settings: object) => Pipeline
  readonly destroy: () => Promise<void>
}

/** The parts of gpu.js that are used. */
export interface Library {
  readonly GPU: {
    new (settings: { readonly mode: Mode }): Device
    readonly isHeadlessGLSupported: boolean
    readonly isWebGL2Supported: boolean
    readonly isWebAssemblySupported: boolean
  }
  /** The kernels of WebGL2, which go by the same name as those of headless GL. */
  readonly WebGL2Kernel: object
  /** Values to upload, with the dimensions by which kernels read them. */
  readonly Input: new (
    values: ArrayLike<number>,
    dimensions: readonly number[],
  ) => object
}

/** The name of an executor of one mode. */
export const executorName = (mode: Mode): string => `gpu:${mode}`

const unavailable = (mode: Mode, reason: string): RunError => ({
  kind: 'unavailable',
  executor: executorName(mode),
  reason,
})

const hasNavigatorGpu = (): boolean =>
  typeof navigator !== 'undefined' && (navigator as { readonly gpu?: unknown }).gpu !== undefined

/** The parts of the `webgpu` package that are used. */
interface Dawn {
  readonly create: (flags: readonly string[]) => unknown
  readonly globals: object
}

/**
 * Gives Node a `navigator.gpu` from the `webgpu` package (Dawn), if it is installed. gpu.js looks there and nowhere
 * else.
 */
const installWebGpu = async (): Promise<void> => {
  const { create, globals }: Partial<Dawn> = await optionalModule<Dawn>('webgpu').catch(() => ({}))
  if (create === undefined) return
  Object.assign(globalThis, globals)
  const gpu = create([])
  if (typeof navigator === 'undefined')
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true })
  else Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true })
}

/** gpu.js is a CommonJS module in Node and one class with members in its browser bundle. */
const importLibrary = async (): Promise<Library> => {
  const module: object = await import('gpu.js')
  const found = [module, 'default' in module ? module.default : undefined].find(isLibrary)
  if (found === undefined) throw new Error('the package gpu.js has no GPU')
  return found
}

const isLibrary = (value: unknown): value is Library =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && 'GPU' in value && 'Input' in value

/** The reason why a mode does not work here, or undefined where it does. */
const missing: { readonly [mode in Mode]: (library: Library) => Promise<string | undefined> } = {
  cpu: async () => undefined,
  webasm: async ({ GPU }) => (GPU.isWebAssemblySupported ? undefined : 'this JavaScript engine has no WebAssembly'),
  headlessgl: async ({ GPU }) =>
    GPU.isHeadlessGLSupported
      ? undefined
      : isNode()
        ? 'it needs the package gl (npm install gl@8.1.6, which compiles for some minutes) and an X display'
        : 'it runs in Node only',
  webgl2: async ({ GPU }) =>
    GPU.isWebGL2Supported ? undefined : isNode() ? 'it runs in browsers only' : 'this browser gives no WebGL2 context',
  webgpu: async () => {
    if (!hasNavigatorGpu() && isNode()) await installWebGpu()
    if (!hasNavigatorGpu())
      return isNode()
        ? 'it needs the package webgpu (npm install --no-save webgpu@0.6.2) and a Vulkan driver'
        : 'there is no navigator.gpu (a browser has it on https and localhost pages only)'
    const adapter = await navigator.gpu.requestAdapter()
    return adapter === null ? 'no WebGPU adapter answers: no driver was found' : undefined
  },
}

/** gpu.js, if `mode` works here. */
export const libraryFor = (mode: Mode): TE.TaskEither<RunError, Library> =>
  pipe(
    TE.tryCatch(importLibrary, thrown =>
      unavailable(mode, `it needs the package gpu.js (npm install gpu.js@2.24.1): ${reasonOf(thrown)}`),
    ),
    TE.chain(library =>
      pipe(
        TE.tryCatch(
          () => missing[mode](library),
          thrown => unavailable(mode, reasonOf(thrown)),
        ),
        TE.chainEitherK(reason => (reason === undefined ? E.right(library) : E.left(unavailable(mode, reason)))),
      ),
    ),
  )
