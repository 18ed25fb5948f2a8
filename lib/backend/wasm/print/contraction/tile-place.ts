// The place of a tile, as its code is told it: the columns and the part of the sum that were packed, the address of the
// panel, and the address of the rows of the left factor if they were packed too.

import type { Bounds } from '../../code/bounds.ts'
import { type I32, lanesPerVector } from '../../code/value.ts'

/** Packed panels: the columns and the part of the sum that they hold, and the columns of each. */
export interface Packed {
  readonly columns: Bounds
  readonly depth: Bounds
  readonly width: number
}

/** A tile that is written out: what it is multiplied from, and how many rows it has. */
export interface TilePlace {
  readonly packed: Packed
  /** The address of its panel. */
  readonly panel: I32
  readonly rows: number
  /** The address of its rows of the left factor where they are packed; undefined where they are read as they lie. */
  readonly left: I32 | undefined
}

/** Vectors that hold so many columns. */
export const vectorsIn = (columns: number): number => Math.ceil(columns / lanesPerVector)
