// From a kernel to WebAssembly functions, one for each of its nests, by the template that suits the nest. This is where
// a kernel comes in; the other modules of this folder are the templates.
//
//   a sum of products    contraction/       another reduction    reduction/
//   no reduction         elementwise.ts     no nest at all       fallback.ts

import { collapse } from '../../../loops/collapse.ts'
import { contractionOf } from '../../../loops/contraction.ts'
import { nestsOf } from '../../../loops/from-kernel.ts'
import type { Kernel } from '../../../loops/kernel.ts'
import type { Nest } from '../../../loops/nest.ts'
import type { Arithmetic } from '../code/vector.ts'
import type { KernelFunction } from '../frame/kernel-function.ts'
import { contract } from './contraction/contract.ts'
import { elementwise } from './elementwise.ts'
import { fallback } from './fallback.ts'
import { reduction } from './reduction/reduction.ts'

const ofNest = (name: string, inputs: number, given: Nest, arithmetic: Arithmetic): KernelFunction => {
  const nest = collapse(given)
  if (nest.reduction === undefined)
    return { ...elementwise(name, inputs, nest, arithmetic), kind: 'elementwise', scratch: 0, nest }
  const contraction = contractionOf(nest)
  return contraction === undefined
    ? { ...reduction(name, inputs, nest, arithmetic), kind: 'reduction', scratch: 0, nest }
    : { ...contract(name, inputs, nest, contraction, arithmetic), kind: 'contraction', nest }
}

/** The functions of a kernel; together they write its whole output. Their names begin with the one given. */
export const functionsOf = (name: string, kernel: Kernel, arithmetic: Arithmetic): readonly KernelFunction[] => {
  const nests = nestsOf(kernel)
  return nests === undefined
    ? [{ ...fallback(name, kernel, arithmetic), kind: 'fallback', scratch: 0, nest: undefined }]
    : nests.map((nest, at) => ofNest(`${name}_${at}`, kernel.inputs.length, nest, arithmetic))
}
