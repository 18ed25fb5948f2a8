// The schedule: which nodes get a buffer. Any set of nodes is correct once it is completed by `complete`, which adds what a
// kernel cannot do: hold two reductions, read too many buffers, or grow without bound. The choice changes only speed, and
// that is a law. A node without a buffer is computed again inside every kernel that reads it.

import { sameShape } from '../language/axes.ts'
import { type Expr, operandsOf } from '../language/expression.ts'
import { countReads, postorder } from '../language/graph.ts'

/** What one kernel may hold. */
export interface Limits {
  /** Input buffers of one kernel. */
  readonly inputs: number
  /** Nodes computed inside one kernel. */
  readonly nodes: number
}

/** The nodes that get a buffer. */
export type Schedule = ReadonlySet<Expr>

/** Whether a node is a buffer already: a run-time input or a constant array. */
export const isStored = (node: Expr): boolean =>
  node.kind === 'input' || (node.kind === 'const' && Object.keys(node.shape).length > 0)

/** The node below renames, splits, merges, slices and repetitions: storing it makes everything above it a view. */
export const viewed = (node: Expr): Expr => {
  let base = node
  while (
    base.kind === 'rename' ||
    base.kind === 'split' ||
    base.kind === 'merge' ||
    base.kind === 'slice' ||
    base.kind === 'expand'
  )
    base = base.operand
  return base
}

/** What computing a node inside a kernel involves. */
interface Inlined {
  readonly reads: ReadonlySet<Expr>
  /** Whether a reduction runs inside, element for element of the node. */
  readonly reduces: boolean
  readonly nodes: number
}

const nothing: Inlined = { reads: new Set(), reduces: false, nodes: 1 }

const completeOnce =
  ({ inputs, nodes }: Limits, roots: readonly Expr[]) =>
  (wanted: Schedule): Schedule => {
    const stored = new Set<Expr>([...roots, ...wanted])
    const inlined = new Map<Expr, Inlined>()
    const uses = countReads(roots)

    const seen = (node: Expr): Inlined =>
      stored.has(node) || isStored(node) ? { reads: new Set([node]), reduces: false, nodes: 1 } : inlined.get(node)!

    /** Gives `node`, or what it is a view of, a buffer. */
    const store = (node: Expr): void => {
      const base = viewed(node)
      if (!isStored(base)) stored.add(base)
      const views: Expr[] = []
      for (let view = node; view !== base && 'operand' in view; view = view.operand) views.push(view)
      for (const view of views.reverse()) inlined.set(view, combine(operandsOf(view)))
    }

    const combine = (operands: readonly Expr[]): Inlined => {
      const parts = operands.map(seen)
      return {
        reads: new Set(parts.flatMap(part => [...part.reads])),
        reduces: parts.some(part => part.reduces),
        nodes: parts.reduce((total, part) => total + part.nodes, 1),
      }
    }

    /** An operand may bring its reduction along if the node keeps its elements, and only one operand may. */
    const admitReductions = (node: Expr): void => {
      const pending = [...new Set(operandsOf(node))].filter(operand => seen(operand).reduces)
      const keeps = node.kind === 'rename' || node.kind === 'map'
      pending.forEach((operand, position) => {
        const fits = position === 0 && keeps && (node.kind === 'rename' || sameShape(operand.shape, node.shape))
        if (!fits) store(operand)
      })
    }

    const admitSize = (node: Expr): void => {
      const isFree = (base: Expr): boolean => !isStored(base) && !stored.has(base)
      const heaviest = (): Expr | undefined => {
        const candidates = operandsOf(node).filter(operand => seen(operand).nodes > 1 && isFree(viewed(operand)))
        return candidates.sort(
          (left, right) => seen(right).reads.size - seen(left).reads.size || seen(right).nodes - seen(left).nodes,
        )[0]
      }
      for (let whole = combine(operandsOf(node)); whole.reads.size > inputs || whole.nodes > nodes; ) {
        const operand = heaviest()
        if (operand === undefined) break
        store(operand)
        whole = combine(operandsOf(node))
      }
    }

    for (const node of postorder(roots)) {
      if (isStored(node)) continue
      if (operandsOf(node).length === 0) {
        inlined.set(node, nothing)
        continue
      }
      admitReductions(node)
      admitSize(node)
      const whole = combine(operandsOf(node))
      inlined.set(node, node.kind === 'reduce' ? { ...whole, reduces: true } : whole)
      if (uses.get(node)! > 1 && inlined.get(node)!.reduces && !stored.has(node)) store(node)
    }
    return stored
  }

/** Adds to `wanted` what is needed for each buffer to be written by one kernel within `limits`. */
export const complete =
  (limits: Limits, roots: readonly Expr[]) =>
  (wanted: Schedule): Schedule => {
    const grow = completeOnce(limits, roots)
    let before = wanted
    for (let after = grow(before); ; after = grow(before)) {
      if (after.size === before.size) return after
      before = after
    }
  }
