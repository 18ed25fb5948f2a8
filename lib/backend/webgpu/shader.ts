// The frame of a compute shader: its buffers, and how many workgroups run it. Inputs come first among the bindings, the
// output last. A workgroup is numbered from 0 over both directions of a dispatch, each of which has a limit.
//
//   @group(0) @binding(0) var<storage, read> input0: array<f32>;
//   @group(0) @binding(1) var<storage, read_write> output: array<f32>;

import { numberDeclarations } from './wgsl-spelling.ts'

/** Code, line by line. */
export type Lines = readonly string[]

/** A shader's text, and the workgroups of a dispatch. */
export interface Shader {
  readonly text: string
  readonly groups: readonly [x: number, y: number]
}

/** Threads of a workgroup. */
export const threadsPerGroup = 64

/** Workgroups in one direction (WebGPU, maxComputeWorkgroupsPerDimension). */
const mostGroups = 65535

/** A shader whose workgroups are numbered `group`, and their threads `lane`; lines that follow `main` may be global. */
export const shaderOf = (inputs: number, groups: number, main: Lines, globals: Lines = []): Shader => {
  const x = Math.min(groups, mostGroups)
  const buffers = Array.from(
    { length: inputs },
    (_, at) => `@group(0) @binding(${at}) var<storage, read> input${at}: array<f32>;`,
  )
  const text = [
    ...buffers,
    `@group(0) @binding(${inputs}) var<storage, read_write> output: array<f32>;`,
    numberDeclarations,
    ...globals,
    `@compute @workgroup_size(${threadsPerGroup})`,
    'fn main(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) thread: u32) {',
    `let group = i32(place.y * ${x}u + place.x);`,
    'let lane = i32(thread);',
    ...main,
    '}',
  ].join('\n')
  return { text, groups: [x, Math.ceil(groups / x)] }
}
