// What goes between the benchmark and a competitor: each runs in a process of its own, so that flags, threads and
// memory of one do not disturb another. It is given a job as its argument and prints its findings, one JSON text a
// line.

import { z } from 'zod'
import { contractionNames, startupNames, stepNames } from './cases.ts'

const effort = { seconds: z.number(), repetitions: z.number(), patience: z.number() }

/** What a competitor is asked to do. */
export const jobSchema = z.object({
  ...effort,
  contractions: z.array(z.enum(contractionNames)).readonly(),
  steps: z.array(z.enum(stepNames)).readonly(),
  threads: z.number(),
  /** Whether multiply-add in one instruction may be used where that is a choice. */
  fused: z.boolean(),
  /** A folder with the beginning of every step as safetensors, for competitors that are not written in TypeScript. */
  folder: z.string(),
})
export type Job = z.infer<typeof jobSchema>

/** What is asked where compilation is timed, one step in a process. */
export const startupJobSchema = z.object({ name: z.enum(startupNames), threads: z.number() })
export type StartupJob = z.infer<typeof startupJobSchema>

const numbers = z.array(z.number()).readonly()

/**
 * Milliseconds before a step can run: to load the assembler, to start threads, to compile for the first time and again.
 */
const startupSchema = z.object({
  kind: z.literal('startup'),
  name: z.enum(startupNames),
  milliseconds: z.object({ assembler: z.number(), workers: z.number(), first: z.number(), again: z.number() }),
})
export type StartupFinding = z.infer<typeof startupSchema>

/**
 * What a competitor finds. Times are of single runs; `error` is the largest of some elements, relative to their terms.
 */
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

/** The finding that a line of output tells, if it does: libraries print other lines too. */
export const findingOf = (line: string): Finding | undefined => {
  if (!line.startsWith('{')) return undefined
  try {
    return findingSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
