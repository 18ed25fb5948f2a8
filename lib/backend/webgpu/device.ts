// The WebGPU device: the one of gpu.js, so that its kernels and these can share buffers (gpu.js 2.24.1, WebGPUContext).

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type RunError, reasonOf } from '../../execute/errors.ts'
import { executorName, type Library, libraryFor } from '../gpujs/modes.ts'

/** The device that gpu.js has opened, and whether it is gone. */
export interface Context {
  readonly adapter: GPUAdapter
  readonly device: GPUDevice
  readonly isLost: boolean
}

interface Contexts {
  readonly WebGPUContext: { readonly acquire: () => Promise<Context> }
}

/** Exported by gpu.js at run time, also as a member of `GPU`, and missing from its types. */
const contextsOf = (library: Library): Contexts['WebGPUContext'] | undefined =>
  (library as Partial<Contexts>).WebGPUContext ?? (library.GPU as unknown as Partial<Contexts>).WebGPUContext

/** The device, or why there is none. */
export const openContext: TE.TaskEither<RunError, Context> = pipe(
  libraryFor('webgpu'),
  TE.chain(library =>
    TE.tryCatch(
      async () => {
        const contexts = contextsOf(library)
        if (contexts === undefined) throw new Error('gpu.js has no WebGPUContext, as version 2.24.1 has')
        return contexts.acquire()
      },
      (thrown): RunError => ({ kind: 'unavailable', executor: executorName('webgpu'), reason: reasonOf(thrown) }),
    ),
  ),
)
