// A program run in the one linear memory that its plan gives it. Whatever holds no value that is still needed is
// poisoned with NaN: before the first step, after every stage, and between runs. Which values are needed is worked out
// here from the steps alone, so a plan that frees too early, shares a place, or overwrites what is still read cannot go
// unnoticed.

import type { MemoryPlan } from '../../lib/compile/memory-plan.ts'
import { bufferLength, type Program, type Step } from '../../lib/compile/program.ts'
import { runKernel } from '../../lib/loops/interpret.ts'

type Values = ReadonlyMap<string, ArrayLike<number>>

/** A program with its memory. */
export interface Planned {
  /** Sets state. */
  readonly write: (state: Values) => void
  /** Runs once; returns the outputs that are not state. */
  readonly run: (inputs: Values) => Values
  /** Reads state. */
  readonly read: () => Values
}

/** The steps of each time, in order. */
const stagesOf = (program: Program, times: readonly number[]): readonly (readonly Step[])[] => {
  const stages = new Map<number, Step[]>()
  program.steps.forEach((step, at) => {
    stages.set(times[at], [...(stages.get(times[at]) ?? []), step])
  })
  return [...stages.values()]
}

/** The buffers that hold something needed after stage `at`; -1 is before the first. */
const neededAfter = (program: Program, stages: readonly (readonly Step[])[], at: number): ReadonlySet<number> => {
  const written = new Set([
    ...Object.values(program.inputs),
    ...program.constants.map(({ buffer }) => buffer),
    ...stages.slice(0, at + 1).flatMap(stage => stage.map(step => step.output)),
  ])
  const wanted = new Set([
    ...program.constants.map(({ buffer }) => buffer),
    ...Object.values(program.outputs),
    ...stages.slice(at + 1).flatMap(stage => stage.flatMap(step => step.inputs)),
  ])
  return new Set([...written].filter(buffer => wanted.has(buffer)))
}

/** Runs a program in planned memory. Steps of one time run in their order, or backwards where they must not depend. */
export const planned = (
  program: Program,
  { offsets, size, copies }: MemoryPlan,
  times: readonly number[] = program.steps.map((_, at) => at),
  backwards = false,
): Planned => {
  const memory = new Float64Array(size).fill(Number.NaN)
  const place = (buffer: number) =>
    memory.subarray(offsets[buffer], offsets[buffer] + bufferLength(program.buffers[buffer]))
  const poisonAllBut = (kept: Iterable<number>): void => {
    const before = [...kept].map((buffer): [number, Float64Array] => [buffer, place(buffer).slice()])
    memory.fill(Number.NaN)
    for (const [buffer, values] of before) place(buffer).set(values)
  }
  for (const { buffer, values } of program.constants) place(buffer).set(values)
  const stages = stagesOf(program, times)
  const stateHome = (name: string): number => program.inputs[name] ?? program.outputs[name]
  const fixed = program.constants.map(({ buffer }) => buffer)
  const set = (values: Values): void => {
    for (const [name, value] of values) if (name in program.inputs) place(program.inputs[name]).set(value)
  }
  const run = (inputs: Values): Values => {
    poisonAllBut([...fixed, ...program.carried.map(stateHome)])
    set(inputs)
    poisonAllBut(neededAfter(program, stages, -1))
    stages.forEach((stage, at) => {
      for (const { kernel, inputs: reads, output } of backwards ? [...stage].reverse() : stage)
        runKernel(program.kernels[kernel])(reads.map(place), place(output))
      poisonAllBut(neededAfter(program, stages, at))
    })
    const fresh = Object.keys(program.outputs).filter(name => !program.carried.includes(name))
    const outputs = new Map(fresh.map(name => [name, place(program.outputs[name]).slice()]))
    for (const { from, to } of copies) place(to).set(place(from))
    return outputs
  }
  return {
    write: set,
    run,
    read: () => new Map(program.carried.map(name => [name, place(stateHome(name)).slice()])),
  }
}
