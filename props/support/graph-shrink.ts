// Simplifying a graph that breaks a law: fewer roots, a root cut down to one of its ancestors, a node replaced by an
// operand of its shape or by a constant, and simpler data. Every candidate has fewer nodes or simpler data, so
// shrinking ends.

import { sameShape } from '../../lib/language/axes.ts'
import { array, type Const, constant, type Expr, expandTo, operandsOf } from '../../lib/language/expression.ts'
import { postorder, rewriteAll } from '../../lib/language/walk.ts'
import { simplerData } from './shrinkable.ts'

/** Graphs with the values of their inputs. */
export interface Sample {
  readonly roots: readonly Expr[]
  readonly bindings: ReadonlyMap<string, Float64Array>
}

/** The same graphs with one node replaced. */
export const replaceNode = (roots: readonly Expr[], old: Expr, by: Expr): readonly Expr[] =>
  rewriteAll(roots, node => (node === old ? by : node))

const trimmed = ({ roots, bindings }: Sample): Sample => {
  const names = new Set(postorder(roots).flatMap(node => (node.kind === 'input' ? [node.name] : [])))
  return { roots, bindings: new Map([...bindings].filter(([name]) => names.has(name))) }
}

function* fewerRoots({ roots, bindings }: Sample): Generator<Sample> {
  if (roots.length < 2) return
  for (const root of roots) yield { roots: [root], bindings }
  for (const root of roots) yield { roots: roots.filter(other => other !== root), bindings }
}

function* ancestors({ roots, bindings }: Sample): Generator<Sample> {
  if (roots.length > 1) return
  for (const node of postorder(roots)) if (node !== roots[0]) yield { roots: [node], bindings }
}

function* bypassed({ roots, bindings }: Sample): Generator<Sample> {
  const order = postorder(roots)
  for (const node of [...order].reverse()) {
    const alike = operandsOf(node).filter(operand => sameShape(operand.shape, node.shape))
    const constants = [0, 1].map(value => expandTo(node.shape, constant(value)))
    for (const by of [...alike, ...constants]) {
      const fresh = replaceNode(roots, node, by)
      if (postorder(fresh).length < order.length) yield { roots: fresh, bindings }
    }
  }
}

function* simplerValues({ roots, bindings }: Sample): Generator<Sample> {
  for (const [name, values] of bindings)
    for (const simpler of simplerData(values, 0)) yield { roots, bindings: new Map([...bindings, [name, simpler]]) }
  const arrays = postorder(roots).filter((node): node is Const => node.kind === 'const' && node.values.length > 1)
  for (const node of arrays)
    for (const simpler of simplerData(Float64Array.from(node.values), 0))
      yield { roots: replaceNode(roots, node, array(node.shape, simpler)), bindings }
}

/** Simpler samples, the boldest cuts first. */
export function* simplerSamples(sample: Sample): Generator<Sample> {
  for (const smaller of fewerRoots(sample)) yield trimmed(smaller)
  for (const smaller of ancestors(sample)) yield trimmed(smaller)
  for (const smaller of bypassed(sample)) yield trimmed(smaller)
  yield* simplerValues(sample)
}
