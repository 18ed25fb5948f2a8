// A program on a device of gpu.js, with its state as a map from names to handles. A run puts the handle of each new
// state in the place of the old one, which it releases, so that state never leaves the device.

import type { Program } from '../../compile/program.ts'
import type { Values } from '../../execute/executor.ts'
import { chained } from './chained.ts'
import type { Launched } from './launch.ts'
import type { Handle, Library, Mode } from './modes.ts'
import { recorded } from './recorded.ts'

/** A program on a device, with the handles of its constants by buffer and of its state by name. */
export interface Placed {
  readonly program: Program
  readonly launched: Launched
  readonly constants: ReadonlyMap<number, Handle>
  readonly state: Map<string, Handle>
}

const replace = ({ launched, state }: Placed, name: string, handle: Handle): void => {
  const old = state.get(name)
  if (old !== handle) launched.release(old)
  state.set(name, handle)
}

/** Sets state that the program reads. */
export const write = async (placed: Placed, values: Values): Promise<void> => {
  const { program, launched } = placed
  for (const [name, value] of values) replace(placed, name, await launched.upload(program.inputs[name], value))
}

const upload = async ({ program, launched }: Placed, values: Values): Promise<ReadonlyMap<number, Handle>> => {
  const fresh = new Map<number, Handle>()
  for (const [name, buffer] of Object.entries(program.inputs))
    if (!program.carried.includes(name)) fresh.set(buffer, await launched.upload(buffer, values.get(name)!))
  return fresh
}

/** Puts carried outputs in the place of the old state; downloads and releases the others. */
const collect = async (placed: Placed, outputs: ReadonlyMap<number, Handle>): Promise<Values> => {
  const { program, launched } = placed
  const results = new Map<string, Float32Array>()
  for (const [name, buffer] of Object.entries(program.outputs)) {
    const handle = outputs.get(buffer)
    if (program.carried.includes(name)) replace(placed, name, handle)
    else {
      results.set(name, await launched.download(buffer, handle))
      launched.release(handle)
    }
  }
  return results
}

/** Runs once: inputs go up, outputs that are no state come down. */
export const run = async (placed: Placed, values: Values): Promise<Values> => {
  const { program, launched, constants, state } = placed
  const fresh = await upload(placed, values)
  const held = [...state]
    .filter(([name]) => program.inputs[name] !== undefined)
    .map(([name, handle]): [number, Handle] => [program.inputs[name], handle])
  const results = await collect(placed, await launched.run(new Map([...constants, ...held, ...fresh])))
  for (const handle of fresh.values()) launched.release(handle)
  return results
}

/** Copies of state. */
export const read = async ({ program, launched, state }: Placed, names: readonly string[]): Promise<Values> => {
  const found = new Map<string, Float32Array>()
  for (const name of names) found.set(name, await launched.download(program.outputs[name], state.get(name)))
  return found
}

/** Puts a program on the device of a mode; `opened` is told how to take it away again. */
export const place = async (
  mode: Mode,
  library: Library,
  program: Program,
  opened: (close: () => void) => void,
): Promise<Placed> => {
  const gpu = new library.GPU({ mode })
  const launched = (mode === 'webasm' ? recorded : chained)(gpu, library, program)
  opened(() => {
    launched.destroy()
    gpu.destroy()
  })
  const constants = new Map<number, Handle>()
  for (const { buffer, values } of program.constants) constants.set(buffer, await launched.upload(buffer, values))
  return { program, launched, constants, state: new Map() }
}
