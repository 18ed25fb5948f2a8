// WebAssembly memories that programs of one executor take and give back. An engine frees a memory only when every
// thread has collected its garbage, and the threads of a pool make next to none; so a memory that is given back is
// filled with zeros and lent to the next program that it fits. A new memory is made where none fits, and then those
// that are smaller are let go, so that no more is kept than was once in use.

/** Bytes of a page of WebAssembly's memory. */
export const pageSize = 65536

/** The most pages that a memory may have: a module accepts any up to there. */
export const mostPages = 65536

/** Pages that hold so many bytes. */
export const pagesFor = (bytes: number): number => Math.ceil(bytes / pageSize)

/** Memories of an executor. */
export interface Memories {
  /** A memory of zeros, of `pages` pages or more. */
  readonly take: (pages: number) => WebAssembly.Memory
  /** A memory that is not used any more. */
  readonly give: (memory: WebAssembly.Memory) => void
  /** Lets go of all that is not in use, now and from now on. */
  readonly close: () => void
}

/** A program is not lent more than this many times what it needs. */
const generous = 4

const sizeOf = ({ buffer }: WebAssembly.Memory): number => buffer.byteLength / pageSize

/** Memories for modules that share them between threads, or not. */
export const openMemories = (shared: boolean): Memories => {
  let closed = false
  let free: readonly WebAssembly.Memory[] = []
  const make = (pages: number): WebAssembly.Memory => new WebAssembly.Memory({ initial: pages, maximum: pages, shared })
  const makeRoom = (pages: number): WebAssembly.Memory => {
    free = free.filter(memory => sizeOf(memory) > pages)
    try {
      return make(pages)
    } catch {
      free = []
      return make(pages)
    }
  }
  return {
    take: pages => {
      const fitting = free.filter(memory => sizeOf(memory) >= pages && sizeOf(memory) <= generous * pages)
      if (fitting.length === 0) return makeRoom(pages)
      const smallest = fitting.reduce((best, memory) => (sizeOf(memory) < sizeOf(best) ? memory : best))
      free = free.filter(memory => memory !== smallest)
      new Uint8Array(smallest.buffer).fill(0)
      return smallest
    },
    give: memory => {
      if (!closed) free = [...free, memory]
    },
    close: () => {
      closed = true
      free = []
    },
  }
}
