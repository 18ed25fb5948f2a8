// The locals that hold a tile: its sums, one row of the panel as vectors, a float of the left factor in all lanes, and
// the values of the epilogue. A function contains several tiles, whole ones and smaller ones at the edges; all use the
// same locals, so that a function has no more of them than one tile needs.
//
//   sum0_0  sum0_1  sum1_0  sum1_1  ...  panel0  panel1  left

import { makeBy } from 'fp-ts/lib/ReadonlyArray.js'
import { type Local, local } from '../../code/value.ts'
import { type Bank, bankOf } from '../../frame/bank.ts'
import type { Tile } from './register-tile.ts'

/** Locals of one tile at a time. */
export interface Registers {
  /** The sums, by row and vector. */
  readonly sums: readonly (readonly Local<'v128'>[])[]
  /** Vectors of one row of a panel. */
  readonly panel: readonly Local<'v128'>[]
  /** A float of the left factor, in all lanes. */
  readonly left: Local<'v128'>
  /** Values of the epilogue. */
  readonly values: Bank
}

/** Locals for tiles of at most this size. */
export const registersFor = ({ rows, vectors }: Tile): Registers => ({
  sums: makeBy(rows, row => makeBy(vectors, vector => local('v128', `sum${row}_${vector}_`))),
  panel: makeBy(vectors, vector => local('v128', `panel${vector}_`)),
  left: local('v128', 'left'),
  values: bankOf('v'),
})
