// The WebAssembly engine of this JavaScript, and an assembler for it. Whether the engine has a feature is tried on a
// tiny module. An engine that has relaxed SIMD but keeps it behind a flag (Node 20) is asked to switch it on.
//
//   { assemble: text -> binary, fused: true }      an engine where multiply-add is one instruction

import * as TE from 'fp-ts/lib/TaskEither.js'
import { type RunError, reasonOf } from '../../execute/errors.ts'
import { isNode, optionalModule } from '../../execute/platform.ts'

/** The parts of wabt that are used. */
interface Assembler {
  readonly parseWat: (
    name: string,
    text: string,
    features: object,
  ) => { readonly toBinary: (options: object) => { readonly buffer: Uint8Array }; readonly destroy: () => void }
}

/** An assembler, and what the modules that it makes may use. */
export interface Engine {
  /** A module in binary from its text. */
  readonly assemble: (text: string) => Uint8Array<ArrayBuffer>
  /** Whether multiply-add is one instruction. */
  readonly fused: boolean
}

const features = { simd: true, threads: true, bulk_memory: true, relaxed_simd: true }

const fusedProbe = `(module (func (param v128 v128 v128) (result v128)
  (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2))))`

const simdProbe = '(module (func (param v128 v128) (result v128) (f32x4.add (local.get 0) (local.get 1))))'

/** Node 20 has relaxed SIMD and keeps it behind this flag; other engines refuse it or need it no more. */
const switchOn = async (): Promise<void> => {
  const v8 = await optionalModule<typeof import('node:v8')>('node:v8')
  v8.setFlagsFromString('--experimental-wasm-relaxed-simd')
}

const makeEngine = async (): Promise<Engine> => {
  const wabt: Assembler = await (await import('wabt')).default()
  const assemble = (text: string): Uint8Array<ArrayBuffer> => {
    const parsed = wabt.parseWat('program.wat', text, features)
    const { buffer } = parsed.toBinary({})
    parsed.destroy()
    return new Uint8Array(buffer)
  }
  const works = (probe: string): boolean => WebAssembly.validate(assemble(probe))
  if (!works(simdProbe)) throw new Error('this WebAssembly engine has no SIMD')
  if (!works(fusedProbe) && isNode()) await switchOn()
  return { assemble, fused: works(fusedProbe) }
}

let opened: Promise<Engine> | undefined

/** The engine, which is opened once; after a failure the next call tries again. */
export const openEngine: TE.TaskEither<RunError, Engine> = TE.tryCatch(
  async () => {
    opened ??= makeEngine()
    try {
      return await opened
    } catch (thrown) {
      opened = undefined
      throw thrown
    }
  },
  thrown => ({ kind: 'unavailable', executor: 'wasm', reason: reasonOf(thrown) }),
)
