// From a kernel to its shader, by the template that suits it.

import { collapse } from '../../loops/collapse.ts'
import { contractionOf } from '../../loops/contraction.ts'
import { nestsOf } from '../../loops/from-kernel.ts'
import type { Kernel } from '../../loops/kernel.ts'
import { contractionShader } from './contraction-shader.ts'
import { kernelShader } from './kernel-shader.ts'
import type { Shader } from './shader.ts'

/** The shader of a kernel: a contraction in tiles, anything else element by element. */
export const shaderFor = (kernel: Kernel): Shader => {
  const nests = nestsOf(kernel) ?? []
  const nest = nests.length === 1 ? collapse(nests[0]) : undefined
  const contraction = nest && contractionOf(nest)
  return nest === undefined || contraction === undefined
    ? kernelShader(kernel)
    : contractionShader(nest, contraction, kernel.inputs.length)
}
