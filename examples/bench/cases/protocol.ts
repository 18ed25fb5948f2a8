// The messages between the benchmark and its competitors. Each competitor runs in a process of its own, so that flags,
// threads and memory of one do not disturb another. It is given a job as its argument, and prints its findings, one
// JSON text a line, such as {"kind":"step","name":"small","milliseconds":[31.2,30.8],"losses":[4.16,4.15]}.

import { z } from 'zod'
import { contractionNames, startupNames, stepNames } from './cases.ts'

const effort = { seconds: z.number(), repetitions: z.number(), patience: z.number() }

/** The work that a competitor is asked to do. */
export const jobSchema = z.object({
  ...effort,
  contractions: z.array(z.enum(contractionNames)).readonly(),
  steps: z.array(z.enum(stepNames)).readonly(),
  threads: z.number(),
  /** Whether multiply-add in one instruction may be used where that is a choice. */
  fused: z.boolean(),
  /** A folder with the beginning of every step as safetensors, for competitors not written in TypeScript. */
  folder: z.string(),
})
export type Job = z.infer<typeof jobSchema>

/** The work of a process that times compilation, of one step. */
export const startupJobSchema = z.object({ name: z.enum(startupNames), threads: z.number() })
export type StartupJob = z.infer<typeof startupJobSchema>

const numbers = z.array(z.number()).readonly()

/** Milliseconds before a step can run: to load the assembler, to start threads, to compile at first and again. */
const startupSchema = z.object({
  kind: z.literal('startup'),
  name: z.enum(startupNames),
  milliseconds: z.object({ assembler: z.number(), workers: z.number(), first: z.number(), again: z.number() }),
})

/** What a competitor finds. Times are of single runs; `error` is that of `product-check.ts`. */
export const findingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('about'), text: z.string() }),
  z.object({
    kind: z.literal('contraction'),
    name: z.enum(contractionNames),
    milliseconds: numbers,
    error: z.number(),
  }),
  z.object({ kind: z.literal('step'), name: z.enum(stepNames), milliseconds: numbers, losses: numbers }),
  z.object({ kind: z.literal('memory'), name: z.enum(stepNames), bytes: z.record(z.string(), z.number()) }),
  startupSchema,
  z.object({ kind: z.literal('failed'), name: z.string(), reason: z.string() }),
])
export type Finding = z.infer<typeof findingSchema>

/** The finding in a line of output; undefined for the other lines that libraries print. */
export const findingOf = (line: string): Finding | undefined => {
  if (!line.startsWith('{')) return undefined
  try {
    return findingSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
