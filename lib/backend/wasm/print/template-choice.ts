// From a kernel to WebAssembly functions, one for each of its nests, by the template that suits the nest. This is where
// a kernel comes in; the other modules of this folder are the templates.
//
//   a sum of products    contraction/       another reduction    reduction/
//   no reduction         elementwise.ts     no nest at all       fallback.ts

import type { KernelKind } from '../../../execute/kernel-time.ts'
import { collapse } from '../../../loops/collapse.ts'
import { contractionOf } from '../../../loops/contraction.ts'
import { nestsOf } from '../../../loops/from-kernel.ts'
import type { Kernel } from '../../../loops/kernel.ts'
import type { Nest } from '../../../loops/nest.ts'
import { printed } from '../code/print.ts'
import type { Arithmetic } from '../code/vector.ts'
import type { KernelFunction, Written } from '../frame/kernel-function.ts'
import { contract } from './contraction/contract.ts'
import { elementwise } from './elementwise.ts'
import { fallback } from './fallback.ts'
import { reduction } from './reduction/reduction.ts'

/** A function that a template wrote, and what the module has to know of it. */
interface Chosen extends Written {
  readonly kind: KernelKind
  readonly scratch: number
  readonly nest: Nest | undefined
}

const ofNest = (name: string, inputs: number, given: Nest, arithmetic: Arithmetic): Chosen => {
  const nest = collapse(given)
  if (nest.reduction === undefined)
    return { ...elementwise(name, inputs, nest, arithmetic), kind: 'elementwise', scratch: 0, nest }
  const contraction = contractionOf(nest)
  return contraction === undefined
    ? { ...reduction(name, inputs, nest, arithmetic), kind: 'reduction', scratch: 0, nest }
    : { ...contract(name, inputs, nest, contraction, arithmetic), kind: 'contraction', nest }
}

const ofNone = (name: string, kernel: Kernel, arithmetic: Arithmetic): Chosen => ({
  ...fallback(name, kernel, arithmetic),
  kind: 'fallback',
  scratch: 0,
  nest: undefined,
})

const asText = (chosen: Chosen): KernelFunction => ({ ...chosen, function: printed(chosen.function) })

/** The functions of a kernel; together they write its whole output. Their names begin with the one given. */
export const functionsOf = (name: string, kernel: Kernel, arithmetic: Arithmetic): readonly KernelFunction[] => {
  const nests = nestsOf(kernel)
  return nests === undefined
    ? [asText(ofNone(name, kernel, arithmetic))]
    : nests.map((nest, at) => asText(ofNest(`${name}_${at}`, kernel.inputs.length, nest, arithmetic)))
}
