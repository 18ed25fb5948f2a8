// Results by number, and those who wait for them. The result of a number may come before it is asked for, and then it
// lies ready; or it may be asked for before it comes, and then the asker waits. Once the mailbox is shut, every asker
// gets the same answer.
//
//   put(0, a): a lies ready    take(1): the asker waits    put(1, b): the asker gets b    take(0): a, at once

/** The state of a number that was asked for or has come. */
type Slot<A> =
  | { readonly kind: 'ready'; readonly result: A }
  | { readonly kind: 'awaited'; readonly give: (result: A) => void }

/** A mailbox of results of the form `A`. */
export interface Mailbox<A> {
  /** Brings a result. */
  readonly put: (number: number, result: A) => void
  /** The result of a number, as soon as it is there. It can be taken once. */
  readonly take: (number: number) => Promise<A>
  /** Answers all who wait, and all who come later, where no result lies ready for them. */
  readonly shut: (answer: A) => void
}

/** An empty mailbox; `waited` hears whenever the number of those who wait changes. */
export const openMailbox = <A>(waited: (count: number) => void): Mailbox<A> => {
  const slots = new Map<number, Slot<A>>()
  let final: { readonly answer: A } | undefined
  let told = 0
  const tell = (): void => {
    const count = [...slots.values()].filter(({ kind }) => kind === 'awaited').length
    if (count !== told) waited(count)
    told = count
  }
  const give = (number: number, slot: Slot<A>, result: A): void => {
    if (slot.kind !== 'awaited') return
    slots.delete(number)
    slot.give(result)
  }
  return {
    put: (number, result) => {
      const slot = slots.get(number)
      if (slot === undefined) slots.set(number, { kind: 'ready', result })
      else give(number, slot, result)
      tell()
    },
    take: number => {
      const slot = slots.get(number)
      if (slot?.kind === 'ready') {
        slots.delete(number)
        return Promise.resolve(slot.result)
      }
      if (final !== undefined) return Promise.resolve(final.answer)
      return new Promise(resolve => {
        slots.set(number, { kind: 'awaited', give: resolve })
        tell()
      })
    },
    shut: answer => {
      final ??= { answer }
      for (const [number, slot] of slots) give(number, slot, final.answer)
      tell()
    },
  }
}
