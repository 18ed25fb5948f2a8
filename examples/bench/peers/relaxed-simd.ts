// Relaxed SIMD for the WebAssembly that is compiled in this process from now on: Node 20 keeps it behind a flag of V8.

import v8 from 'node:v8'

/** A module with one function of one instruction, the fused multiply-add of four floats. */
const probe = Uint8Array.from(
  Buffer.from('0061736d0100000001080160037b7b7b017b030201000a0d010b00200020012002fd85020b', 'hex'),
)

/** Whether this engine has relaxed SIMD without being asked. */
const hasRelaxed = (): boolean => WebAssembly.validate(probe)

/** Switches relaxed SIMD on, if it is there; says whether it is. */
export const switchOnRelaxed = (): boolean => {
  if (!hasRelaxed()) v8.setFlagsFromString('--experimental-wasm-relaxed-simd')
  return hasRelaxed()
}
