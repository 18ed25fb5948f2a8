// The schedule: the set of nodes that get a buffer, of which each is written by a kernel of its own. All other nodes
// are computed inside the kernels that read them, again in each. A choice of nodes, such as that of `cost.ts`, goes in;
// `complete` adds the nodes without which a kernel would hold two reductions, read too many buffers or grow without
// bound. Every choice gives the same values; only the speed differs.
//
//   y = softmax over class of the logits z: its maximum and its sum get buffers, as no kernel holds two reductions

import { sameShape } from '../language/axes.ts'
import { type Expr, operandsOf } from '../language/expression.ts'
import { countReads, postorder } from '../language/walk.ts'

/** The most that one kernel may hold. */
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

/** The buffers and nodes that computing a node inside a kernel involves. */
interface Inlined {
  readonly reads: ReadonlySet<Expr>
  /** Whether a reduction runs inside, element for element of the node. */
  readonly reduces: boolean
  readonly nodes: number
}

/** A schedule while it grows: the nodes with buffers, and of the others what computing them involves. */
interface Growing {
  readonly limits: Limits
  readonly stored: Set<Expr>
  readonly inlined: Map<Expr, Inlined>
}

const seen = ({ stored, inlined }: Growing, node: Expr): Inlined =>
  stored.has(node) || isStored(node) ? { reads: new Set([node]), reduces: false, nodes: 1 } : inlined.get(node)!

/** The buffers of all parts; those of a single part are not copied. */
const readsOf = ([first, ...others]: readonly Inlined[]): ReadonlySet<Expr> => {
  if (others.length === 0) return first?.reads ?? new Set()
  const all = new Set(first.reads)
  for (const { reads } of others) for (const node of reads) all.add(node)
  return all
}

/** The buffers and nodes that computing `node` involves, from those of its operands. */
const involved = (growing: Growing, node: Expr): Inlined => {
  const parts = operandsOf(node).map(operand => seen(growing, operand))
  return {
    reads: readsOf(parts),
    reduces: node.kind === 'reduce' || parts.some(part => part.reduces),
    nodes: parts.reduce((total, part) => total + part.nodes, 1),
  }
}

/** Gives `node`, or what it is a view of, a buffer. */
const store = (growing: Growing, node: Expr): void => {
  const base = viewed(node)
  if (!isStored(base)) growing.stored.add(base)
  const views: Expr[] = []
  for (let view = node; view !== base && 'operand' in view; view = view.operand) views.push(view)
  for (const view of views.reverse()) growing.inlined.set(view, involved(growing, view))
}

/** An operand may bring its reduction along if the node keeps its elements, and only one operand may. */
const admitReductions = (growing: Growing, node: Expr): void => {
  const pending = [...new Set(operandsOf(node))].filter(operand => seen(growing, operand).reduces)
  const keeps = node.kind === 'rename' || node.kind === 'map'
  pending.forEach((operand, position) => {
    const fits = position === 0 && keeps && (node.kind === 'rename' || sameShape(operand.shape, node.shape))
    if (!fits) store(growing, operand)
  })
}

/** The operand that brings most along, of those that can be given a buffer. */
const heaviest = (growing: Growing, node: Expr): Expr | undefined => {
  const { stored } = growing
  const of = (operand: Expr): Inlined => seen(growing, operand)
  const isFree = (base: Expr): boolean => !isStored(base) && !stored.has(base)
  return operandsOf(node)
    .filter(operand => of(operand).nodes > 1 && isFree(viewed(operand)))
    .sort((left, right) => of(right).reads.size - of(left).reads.size || of(right).nodes - of(left).nodes)[0]
}

/** Gives operands buffers until the node keeps within the limits. */
const admitSize = (growing: Growing, node: Expr): void => {
  const { inputs, nodes } = growing.limits
  for (let whole = involved(growing, node); whole.reads.size > inputs || whole.nodes > nodes; ) {
    const operand = heaviest(growing, node)
    if (operand === undefined) return
    store(growing, operand)
    whole = involved(growing, node)
  }
}

const completeOnce =
  (limits: Limits, roots: readonly Expr[]) =>
  (wanted: Schedule): Schedule => {
    const growing: Growing = { limits, stored: new Set([...roots, ...wanted]), inlined: new Map() }
    const { stored, inlined } = growing
    const uses = countReads(roots)
    for (const node of postorder(roots)) {
      if (isStored(node)) continue
      admitReductions(growing, node)
      admitSize(growing, node)
      inlined.set(node, involved(growing, node))
      if (uses.get(node)! > 1 && inlined.get(node)!.reduces && !stored.has(node)) store(growing, node)
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
