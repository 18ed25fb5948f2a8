// A kernel as WebAssembly functions: one for each nest, by the printer that suits it.

import type { KernelKind } from '../../../execute/kernel-time.ts'
import { collapse } from '../../../loops/collapse.ts'
import { contractionOf } from '../../../loops/contraction.ts'
import { nestsOf } from '../../../loops/from-kernel.ts'
import type { Kernel } from '../../../loops/kernel.ts'
import type { Nest } from '../../../loops/nest.ts'
import { functionText } from '../code/print.ts'
import type { Written as Typed } from '../frame/kernel-function.ts'
import { contract } from './contraction/contract.ts'
import { elementwise } from './elementwise.ts'
import { fallback } from './fallback.ts'
import type { Written } from './loops.ts'
import { reduction } from './reduction/reduction.ts'
import type { Arithmetic } from './vector.ts'

/** One function of a kernel. */
export interface KernelFunction extends Written {
  readonly name: string
  readonly kind: KernelKind
  /** Bytes of scratch memory that each thread needs. */
  readonly scratch: number
  readonly nest: Nest | undefined
}

const texts = ({ function: own, ...rest }: Typed): Written => ({ ...rest, text: functionText(own) })

const nestFunction = (name: string, inputs: number, given: Nest, arithmetic: Arithmetic): KernelFunction => {
  const nest = collapse(given)
  if (nest.reduction === undefined)
    return { ...texts(elementwise(name, inputs, nest, arithmetic)), name, kind: 'elementwise', scratch: 0, nest }
  const contraction = contractionOf(nest)
  if (contraction === undefined)
    return { ...texts(reduction(name, inputs, nest, arithmetic)), name, kind: 'reduction', scratch: 0, nest }
  return { ...contract(name, inputs, nest, contraction, arithmetic), name, kind: 'contraction', nest }
}

/** The functions of a kernel; together they write its whole output. */
export const functionsOf = (name: string, kernel: Kernel, arithmetic: Arithmetic): readonly KernelFunction[] => {
  const nests = nestsOf(kernel)
  if (nests === undefined)
    return [
      {
        ...texts(fallback(name, kernel, arithmetic)),
        name,
        kind: 'fallback',
        scratch: 0,
        nest: undefined,
      },
    ]
  return nests.map((nest, at) => nestFunction(`${name}_${at}`, kernel.inputs.length, nest, arithmetic))
}
