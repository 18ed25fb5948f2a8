// The free places of a linear memory that has no end, as a list of gaps. Gaps are disjoint, in order and never
// neighbours of each other; the last one is endless. Taking a place and giving one back both return a new list.
//
//   take 4 of  [0, 6) [10, ...)   gives place 0 and leaves   [4, 6) [10, ...)
//   giving back [6, 10) leaves   [4, ...)

/** Elements from `offset` on that nothing occupies. */
export interface Gap {
  readonly offset: number
  readonly size: number
}

/** A memory of which everything from `start` on is free. */
export const freeFrom = (start: number): readonly Gap[] => [{ offset: start, size: Number.POSITIVE_INFINITY }]

/** A place of `size` elements in the smallest gap that has room, and the gaps that are left. */
export const takePlace = (
  gaps: readonly Gap[],
  size: number,
): { readonly offset: number; readonly left: readonly Gap[] } => {
  const fitting = gaps.filter(gap => gap.size >= size)
  const gap = fitting.reduce((best, other) => (other.size < best.size ? other : best))
  const rest: readonly Gap[] = gap.size > size ? [{ offset: gap.offset + size, size: gap.size - size }] : []
  return { offset: gap.offset, left: gaps.flatMap(other => (other === gap ? rest : [other])) }
}

/** The gaps with a place that is free again. */
export const givePlace = (gaps: readonly Gap[], place: Gap): readonly Gap[] => {
  const joined: Gap[] = []
  for (const gap of [...gaps, place].sort((left, right) => left.offset - right.offset)) {
    const last = joined[joined.length - 1]
    if (last !== undefined && last.offset + last.size === gap.offset)
      joined[joined.length - 1] = { offset: last.offset, size: last.size + gap.size }
    else joined.push(gap)
  }
  return joined
}
