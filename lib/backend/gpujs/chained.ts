// A program whose kernels gpu.js runs one by one. In modes that have a device, a result stays there and is known by a
// handle; the handle is deleted after the last step that reads it.

import { livesOf, stepTimes } from '../../compile/lives.ts'
import type { Program } from '../../compile/program.ts'
import { dimensionsOf, flatArray, type Launched, uploadOf } from './launch.ts'
import type { Device, Handle, Launcher, Library } from './modes.ts'
import { sourceOf } from './source.ts'

/** A result on a device. */
interface OnDevice {
  readonly toArray: () => unknown
  readonly delete: () => void
}

const isOnDevice = (handle: Handle): handle is OnDevice =>
  typeof handle === 'object' && handle !== null && 'delete' in handle && 'toArray' in handle

const release = (handle: Handle): void => {
  if (isOnDevice(handle)) handle.delete()
}

/** The mode of the backend that a kernel runs on; gpu.js calls all of GL "gpu". */
const modeOf = ({ WebGL2Kernel }: Library, launcher: Launcher | undefined): string => {
  if (launcher === undefined) return 'none'
  const { constructor } = launcher.kernel
  if (constructor.mode !== 'gpu') return constructor.mode
  return constructor === WebGL2Kernel ? 'webgl2' : 'headlessgl'
}

const copySource = (dimensions: number): string => {
  const position = ['[this.thread.z]', '[this.thread.y]', '[this.thread.x]'].slice(3 - dimensions)
  return `function copy(values) { return values${position.join('')}; }`
}

/** The kernels of a program on a device, and those that put uploads there, by dimensions. */
interface Chain {
  readonly program: Program
  readonly create: (text: string, output: readonly number[]) => Launcher
  readonly kernels: readonly Launcher[]
  readonly copies: Map<string, Launcher>
  /** The intermediate buffers that are read for the last time in each step. */
  readonly ending: readonly (readonly number[])[]
}

const chainOf = (gpu: Device, program: Program): Chain => {
  const settings = { pipeline: true, immutable: true, precision: 'single' as const }
  const create = (text: string, output: readonly number[]): Launcher =>
    gpu.createKernel(text, { ...settings, output: [...output] })
  const lives = livesOf(program, stepTimes(program))
  return {
    program,
    create,
    kernels: program.kernels.map(kernel => {
      const { text, output } = sourceOf(kernel)
      return create(text, output)
    }),
    copies: new Map(),
    ending: program.steps.map(({ inputs }, step) =>
      [...new Set(inputs)].filter(buffer => lives[buffer].from >= 0 && lives[buffer].to === step),
    ),
  }
}

const launchersOf = ({ kernels, copies }: Chain): readonly Launcher[] => [...kernels, ...copies.values()]

/** The kernel that puts an upload of these dimensions on the device; no kernel is used at two sizes. */
const copyKernel = ({ create, copies }: Chain, dimensions: readonly number[]): Launcher => {
  const key = dimensions.join()
  const made = copies.get(key) ?? create(copySource(dimensions.length), dimensions)
  copies.set(key, made)
  return made
}

const runSteps = async (
  { program, kernels, ending }: Chain,
  given: ReadonlyMap<number, Handle>,
): Promise<ReadonlyMap<number, Handle>> => {
  const handles = new Map(given)
  for (const [step, { kernel, inputs, output }] of program.steps.entries()) {
    handles.set(output, await kernels[kernel](...inputs.map(buffer => handles.get(buffer))))
    for (const buffer of ending[step]) {
      release(handles.get(buffer))
      handles.delete(buffer)
    }
  }
  return new Map(Object.values(program.outputs).map(buffer => [buffer, handles.get(buffer)]))
}

/** A program whose kernels are called one by one. */
export const chained = (gpu: Device, library: Library, program: Program): Launched => {
  const chain = chainOf(gpu, program)
  const ran = (): Launcher | undefined => launchersOf(chain).find(({ kernel }) => kernel !== undefined)
  return {
    upload: async (buffer, values) => {
      const dimensions = dimensionsOf(program, buffer)
      return copyKernel(chain, dimensions)(uploadOf(library, values, dimensions))
    },
    download: async (buffer, handle) =>
      flatArray(program, buffer, isOnDevice(handle) ? await handle.toArray() : handle),
    release,
    run: given => runSteps(chain, given),
    report: () => ({ mode: modeOf(library, ran()), fallbackReason: ran()?.kernel.fallbackReason ?? null }),
    destroy: () => {
      for (const launcher of launchersOf(chain)) launcher.destroy()
    },
  }
}
