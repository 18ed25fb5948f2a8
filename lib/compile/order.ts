// The order of steps: any that respects what each reads is correct; this one keeps memory low. Among the steps that
// are ready it takes the one that frees most for what it needs, so that a gradient is used up by its optimiser step
// before the next one is computed, whatever the order of the outputs.

/** What a step reads and what it writes: numbers of buffers. */
interface Reading {
  readonly inputs: readonly number[]
  readonly output: number
}

/** The steps in an order that respects their reads and keeps few intermediate buffers alive at once. */
export const orderSteps = <Step extends Reading>(
  steps: readonly Step[],
  lengths: readonly number[],
  kept: readonly number[],
): readonly Step[] => {
  const writer = new Map(steps.map((step, at) => [step.output, at]))
  const outputs = new Set(kept)
  const readers = steps.map(step => new Set(step.inputs))
  const unread = new Map<number, number>()
  for (const reads of readers) for (const buffer of reads) unread.set(buffer, (unread.get(buffer) ?? 0) + 1)
  const waiting = readers.map(reads => [...reads].filter(buffer => writer.has(buffer)).length)
  const ready = new Set(steps.flatMap((_, at) => (waiting[at] === 0 ? [at] : [])))

  const growth = (at: number): number => {
    const allocated = outputs.has(steps[at].output) ? 0 : lengths[steps[at].output]
    let freed = 0
    for (const buffer of readers[at])
      if (unread.get(buffer) === 1 && writer.has(buffer) && !outputs.has(buffer)) freed += lengths[buffer]
    return allocated - freed
  }

  const consumers = new Map<number, number[]>()
  readers.forEach((reads, at) => {
    for (const buffer of reads) consumers.set(buffer, [...(consumers.get(buffer) ?? []), at])
  })

  const ordered: Step[] = []
  while (ready.size > 0) {
    let best = -1
    let least = Number.POSITIVE_INFINITY
    for (const at of ready) {
      const cost = growth(at)
      if (cost < least || (cost === least && at < best)) [best, least] = [at, cost]
    }
    ready.delete(best)
    ordered.push(steps[best])
    for (const buffer of readers[best]) unread.set(buffer, unread.get(buffer)! - 1)
    for (const at of consumers.get(steps[best].output) ?? []) {
      waiting[at] -= 1
      if (waiting[at] === 0) ready.add(at)
    }
  }
  return ordered
}
