// The sum of a contraction as text: where a factor lies while its loops turn, and the summed loops around the innermost one.

import type { Access } from '../../../../loops/nest.ts'
import { bytesAt, counterName } from '../loops.ts'
import { get, plus, repeat, type Text } from '../text.ts'
import type { ContractionPlan } from './blocking.ts'

/** The address of a factor's element that all counters point at, its constant offset left out. */
export const placeOf = ({ nest, contraction }: ContractionPlan, factor: Access): Text => {
  const loops = [...nest.outer.map((_, loop) => loop), ...contraction.summed]
  return plus(get(`in${factor.input}`), bytesAt({ ...factor, offset: 0 }, loops))
}

/** Runs `body` for every turn of the summed loops around the innermost one. */
export const aroundInnerSum = ({ depth }: ContractionPlan, label: string, body: readonly Text[]): readonly Text[] =>
  [...depth.outer]
    .reverse()
    .reduce<readonly Text[]>(
      (inner, { loop, size }) => repeat(`${label}_${loop}`, counterName(loop), size, inner),
      body,
    )
