// The order of a program's steps. Any order in which each step comes after those that it reads is correct; this one
// keeps memory low. Among the steps that are ready it takes the one that needs least memory, less the memory that it
// frees. So a gradient is used up by its optimiser step before the next gradient is computed, whatever the order of the
// outputs.
//
//   a -> b, a -> c, b -> d, c -> e        in the order        a b d c e        keeps two buffers at most, not three

/** The buffers that a step reads and the one that it writes, by number. */
interface Reading {
  readonly inputs: readonly number[]
  readonly output: number
}

/** Steps while they are put in order; buffers that no step writes are of no concern. */
interface Ordering {
  readonly steps: readonly Reading[]
  /** Elements of each buffer, and those that stay for good. */
  readonly lengths: readonly number[]
  readonly kept: ReadonlySet<number>
  /** The written buffers that each step reads, and the steps that read each. */
  readonly reads: readonly (readonly number[])[]
  readonly readers: ReadonlyMap<number, readonly number[]>
  /** How many steps have still to read each buffer, and how many buffers each step still waits for. */
  readonly unread: Map<number, number>
  readonly waiting: number[]
  readonly ready: Set<number>
}

const groupReaders = (reads: readonly (readonly number[])[]): ReadonlyMap<number, readonly number[]> => {
  const readers = new Map<number, number[]>()
  reads.forEach((buffers, step) => {
    for (const buffer of buffers) readers.set(buffer, [...(readers.get(buffer) ?? []), step])
  })
  return readers
}

const begin = (steps: readonly Reading[], lengths: readonly number[], kept: readonly number[]): Ordering => {
  const written = new Set(steps.map(({ output }) => output))
  const reads = steps.map(({ inputs }) => [...new Set(inputs)].filter(buffer => written.has(buffer)))
  const readers = groupReaders(reads)
  return {
    steps,
    lengths,
    kept: new Set(kept),
    reads,
    readers,
    unread: new Map([...readers].map(([buffer, list]) => [buffer, list.length])),
    waiting: reads.map(buffers => buffers.length),
    ready: new Set([...steps.keys()].filter(step => reads[step].length === 0)),
  }
}

/** Elements that a step takes, less those that it frees as their last reader. */
const growth = ({ steps, lengths, kept, reads, unread }: Ordering, step: number): number => {
  const { output } = steps[step]
  const freed = reads[step].filter(buffer => unread.get(buffer) === 1 && !kept.has(buffer))
  return freed.reduce((total, buffer) => total - lengths[buffer], kept.has(output) ? 0 : lengths[output])
}

/** The ready step that grows memory least, the first of those. */
const best = (ordering: Ordering): number => {
  let chosen = -1
  let least = Number.POSITIVE_INFINITY
  for (const step of ordering.ready) {
    const cost = growth(ordering, step)
    if (cost < least || (cost === least && step < chosen)) [chosen, least] = [step, cost]
  }
  return chosen
}

/** Takes a step: what it has read is read once less, and what waited for its output may be ready. */
const take = ({ steps, reads, readers, unread, waiting, ready }: Ordering, step: number): void => {
  ready.delete(step)
  for (const buffer of reads[step]) unread.set(buffer, unread.get(buffer)! - 1)
  for (const reader of readers.get(steps[step].output) ?? []) {
    waiting[reader] -= 1
    if (waiting[reader] === 0) ready.add(reader)
  }
}

/** The steps in an order that respects their reads and keeps few intermediate buffers alive at once. */
export const orderSteps = <S extends Reading>(
  steps: readonly S[],
  lengths: readonly number[],
  kept: readonly number[],
): readonly S[] => {
  const ordering = begin(steps, lengths, kept)
  const ordered: S[] = []
  while (ordering.ready.size > 0) {
    const step = best(ordering)
    take(ordering, step)
    ordered.push(steps[step])
  }
  return ordered
}
