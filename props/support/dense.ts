// Host values in another order of their axes than memory's, for tests that compare with tensors of other programs.

import { array, compiler, type Sizes, type storage } from '../../lib/index.ts'

/** The values, the last of `order` contiguous; `order` names every axis. */
export const inOrder = (
  { sizes, data }: { readonly sizes: Sizes; readonly data: storage.Numbers },
  order: readonly string[],
): Float64Array => {
  const to = Object.fromEntries(order.map(axis => [axis, sizes[axis]]))
  return compiler.evaluate([array(sizes, data).expr], new Map(), [to])[0]
}
