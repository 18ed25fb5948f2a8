// Runs of a program on a WebGPU device. A run writes its inputs; then all steps are one command buffer with one compute
// pass; at its end new state is copied to where it is read, and outputs to where the host reads them. No buffer is
// made.
//
//   write inputs | pass: step 0, step 1, ... | copy state | copy outputs | submit | wait

import { bufferLength, type Program } from '../../compile/program.ts'
import type { Value, Values } from '../../execute/executor.ts'
import { type Bound, bytesOf, type PlacedProgram } from './placed-program.ts'
import { openReadback, type Wanted } from './readback.ts'

/** What can be done with a placed program; each throws, or its promise fails, where the device does. */
export interface Operations {
  readonly write: (state: Values) => Promise<void>
  readonly run: (inputs: Values) => Promise<Values>
  readonly read: (names: readonly string[]) => Promise<Values>
  readonly close: () => void
}

/** The buffer of the state of a name between runs: where it is read, or where it is written if nothing reads it. */
const homeOf = ({ inputs, outputs }: Program, name: string): number => inputs[name] ?? outputs[name]

const put = ({ device, bufferOf }: PlacedProgram, buffer: number, value: Value): void =>
  device.queue.writeBuffer(bufferOf(buffer), 0, Float32Array.from(value))

const wantedOf = ({ program, bufferOf }: PlacedProgram, name: string, buffer: number): Wanted => ({
  name,
  buffer: bufferOf(buffer),
  length: bufferLength(program.buffers[buffer]),
})

/** All steps in one pass. */
const encodeSteps = (encoder: GPUCommandEncoder, steps: readonly Bound[]): void => {
  const pass = encoder.beginComputePass()
  for (const { pipeline, bindings, groups } of steps) {
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, bindings)
    pass.dispatchWorkgroups(...groups)
  }
  pass.end()
}

/** New state goes to where the next run reads it. */
const encodeState = (encoder: GPUCommandEncoder, { program, bufferOf }: PlacedProgram): void => {
  for (const name of program.carried) {
    const own = program.outputs[name]
    const [from, to] = [bufferOf(own), bufferOf(homeOf(program, name))]
    if (from !== to) encoder.copyBufferToBuffer(from, 0, to, 0, bytesOf(bufferLength(program.buffers[own])))
  }
}

const submit = ({ device }: PlacedProgram, encode: (encoder: GPUCommandEncoder) => void): void => {
  const encoder = device.createCommandEncoder()
  encode(encoder)
  device.queue.submit([encoder.finish()])
}

/** Copies of state; it is read rarely, by a buffer of its own. */
const readState = async (placed: PlacedProgram, names: readonly string[]): Promise<Values> => {
  const wanted = names.map(name => wantedOf(placed, name, homeOf(placed.program, name)))
  const readback = openReadback(placed.device, wanted)
  submit(placed, readback.fill)
  const found = await readback.read()
  readback.close()
  return found
}

/** The operations on a placed program. */
export const operationsOf = (placed: PlacedProgram): Operations => {
  const { device, program, steps } = placed
  const without = (state: readonly string[], names: Program['inputs']) =>
    Object.entries(names).filter(([name]) => !state.includes(name))
  const inputs = without(program.carried, program.inputs)
  const outputs = without(program.carried, program.outputs)
  const readback = openReadback(
    device,
    outputs.map(([name, buffer]) => wantedOf(placed, name, buffer)),
  )
  return {
    write: async state => {
      for (const [name, value] of state) put(placed, program.inputs[name], value)
    },
    run: async given => {
      for (const [name, buffer] of inputs) put(placed, buffer, given.get(name)!)
      submit(placed, encoder => {
        encodeSteps(encoder, steps)
        encodeState(encoder, placed)
        readback.fill(encoder)
      })
      return readback.read()
    },
    read: names => readState(placed, names),
    close: () => {
      readback.close()
      placed.destroy()
    },
  }
}
