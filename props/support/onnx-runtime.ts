// ONNX models run by ONNX Runtime, the runtime that the models are for: the package `onnxruntime-node`, which is 291 MB
// and therefore installed only by those who ask for it. Where it is missing, tests say so and are skipped.

import { createRequire } from 'node:module'
import type * as fc from 'fast-check'
import { emit } from '../../lib/index.ts'
import { example } from './example.ts'
import { type Cost, law, type Verdict } from './law.ts'

type Data = Float32Array

interface RuntimeTensor {
  readonly dims: readonly number[]
  readonly data: Data
}

interface Session {
  readonly run: (feeds: Readonly<Record<string, RuntimeTensor>>) => Promise<Readonly<Record<string, RuntimeTensor>>>
  readonly release: () => Promise<void>
}

interface Runtime {
  readonly InferenceSession: { readonly create: (model: Uint8Array, options: object) => Promise<Session> }
  readonly Tensor: new (type: 'float32', data: Data, dims: readonly number[]) => RuntimeTensor
}

const found = (): Runtime | undefined => {
  try {
    return createRequire(import.meta.url)('onnxruntime-node') as Runtime
  } catch {
    return undefined
  }
}

const runtime = found()

const missing = 'no onnxruntime-node: npm install --no-save --ignore-scripts onnxruntime-node@1.30.0'

const skipped = (name: string): void => void example(name, context => context.skip(missing))

/** An example that needs the runtime. */
export const runtimeExample = (name: string, check: () => Promise<void>): void =>
  runtime === undefined ? skipped(name) : void example(name, check)

/** A law that needs the runtime. */
export const runtimeLaw = <T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  check: (value: T) => Promise<Verdict>,
  cost: Cost = 'cheap',
): void => (runtime === undefined ? skipped(name) : law(name, arbitrary, check, cost))

/** Values with their dimensions. */
export interface Fed {
  readonly dims: readonly number[]
  readonly data: ArrayLike<number>
}

/** Runs the file of a model on inputs by name, several times if wanted; gives the outputs of each run by name. */
export const runFile = async (
  file: Uint8Array,
  runs: readonly Readonly<Record<string, Fed>>[],
): Promise<readonly Readonly<Record<string, Fed>>[]> => {
  if (runtime === undefined) throw new Error(missing)
  const { InferenceSession, Tensor } = runtime
  const session = await InferenceSession.create(file, { logSeverityLevel: 3, intraOpNumThreads: 1 })
  try {
    const outputs: Readonly<Record<string, Fed>>[] = []
    for (const inputs of runs) {
      const feeds = Object.entries(inputs).map(([name, { dims, data }]) => {
        return [name, new Tensor('float32', Float32Array.from(data), dims)] as const
      })
      outputs.push(await session.run(Object.fromEntries(feeds)))
    }
    return outputs
  } finally {
    await session.release()
  }
}

/** Runs a model as `runFile` does. */
export const runModel = (model: emit.OnnxModel, ...runs: readonly Readonly<Record<string, Fed>>[]) =>
  runFile(emit.encodeOnnx(model), runs)
