// A part of a set of pictures as a set of its own, and parts that are drawn from a key: a sample of a few classes, some
// pictures of each to be told and the others to be told by.
//
//   of 10 classes of 5000 pictures:     10 times 40 for the bank, 10 times 20 queries

import { random } from '../../lib/index.ts'
import type { PictureSet } from './picture-set.ts'

/** The pictures at some places of a set, in that order. */
export const subsetOf = (set: PictureSet, places: readonly number[]): PictureSet => ({
  ...set,
  names: places.map(place => set.names[place]),
  labels: set.labels && places.map(place => set.labels![place]),
  read: index => set.read(places[index] ?? set.names.length),
})

/** How large a sample is. */
export interface SampleSize {
  readonly classes: number
  /** Of each class, for the bank and for the queries. */
  readonly bank: number
  readonly queries: number
}

const drawn = <A>(key: random.Key, all: readonly A[], most: number): readonly A[] =>
  Array.from(random.permutation(key, all.length).subarray(0, most), place => all[place])

/** The places of the pictures of each class; all of them where there are no classes. */
const byClass = ({ names, labels }: PictureSet): readonly (readonly number[])[] => {
  const places = new Map<number, number[]>()
  names.forEach((_, at) => {
    const own = labels?.[at] ?? 0
    places.set(own, [...(places.get(own) ?? []), at])
  })
  return [...places].sort(([left], [right]) => left - right).map(([, own]) => own)
}

/**
 * A bank and queries drawn from a set: so many classes and, of each, so many pictures, no picture twice. Of a class
 * with fewer pictures both have their share of those; a set without classes counts as one, as large as all together.
 */
export const sampleOf = (set: PictureSet, { classes, bank, queries }: SampleSize, key: random.Key) => {
  const whole = bank + queries
  const most = set.labels === undefined ? classes * whole : whole
  const chosen = drawn(random.fold(key, 'classes'), byClass(set), classes).map(places => {
    const own = drawn(random.fold(random.fold(key, 'pictures'), places[0]), places, most)
    const cut = Math.round((own.length * bank) / whole)
    return { bank: own.slice(0, cut), queries: own.slice(cut) }
  })
  return {
    bank: subsetOf(
      set,
      chosen.flatMap(own => own.bank),
    ),
    queries: subsetOf(
      set,
      chosen.flatMap(own => own.queries),
    ),
  }
}
