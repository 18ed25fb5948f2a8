// The projection head, from features to logits: a perceptron with GELU between its layers, a bottleneck of length 1,
// and prototypes. In DINO and DINOv2 prototypes have length 1 times a gain (weight normalisation), which is held at 1
// or learned: a logit is the cosine between bottleneck and prototype, times the gain. In DINOv3 they have no gain and
// any length. Sources: DINOHead in vision_transformer.py (DINO) and dino_head.py (DINOv2).

import {
  type As,
  add,
  div,
  dot,
  gelu,
  initialisers,
  mul,
  norm,
  normalise,
  type Replaces,
  rename,
  replacing,
  stopGradient,
  type Tensor,
} from '../../lib/index.ts'
import { usualDeviation } from './linear.ts'
import { onlyIf } from './optional.ts'

/** The forms of the last layer: with weight normalisation, or a plain linear one. */
export const lastLayers = ['weight norm', 'plain'] as const

/** The form of the last layer. */
export type LastLayer = (typeof lastLayers)[number]

/** The sizes of a projection head. */
export interface HeadSizes {
  readonly features: number
  readonly hidden: number
  readonly bottleneck: number
  readonly prototypes: number
  /** Layers of the perceptron, at least 1. */
  readonly layers: number
  /** With weight normalisation if not given. */
  readonly lastLayer?: LastLayer
  /** Deviation of initial weights. */
  readonly deviation?: number
}

const layer = (from: number, to: number, deviation: number) => ({
  weight: initialisers.withRole('weight')(initialisers.normal(deviation)({ unit: from, nextUnit: to })),
  bias: initialisers.withRole('bias')(initialisers.zeros({ nextUnit: to })),
})

/** Normalised prototypes keep torch's default for linear layers, of which only the direction matters. */
const prototypeWeights = ({ bottleneck, prototypes, deviation = usualDeviation, lastLayer }: HeadSizes) => {
  const plain = lastLayer === 'plain'
  const draw = plain ? initialisers.normal(deviation) : initialisers.uniformWithin(1 / Math.sqrt(bottleneck))
  return {
    direction: initialisers.withRole('prototype direction')(draw({ prototype: prototypes, unit: bottleneck })),
    ...onlyIf(!plain, () => ({
      gain: initialisers.withRole('prototype gain')(initialisers.ones({ prototype: prototypes })),
    })),
  }
}

/** Initialisers of a head. Prototypes without gains are those of a plain last layer. */
export const head = (sizes: HeadSizes) => {
  const { features, hidden, bottleneck, layers, deviation = usualDeviation } = sizes
  const widths = [features, ...Array.from({ length: layers - 1 }, () => hidden), bottleneck]
  return {
    layers: widths.slice(1).map((width, index) => layer(widths[index], width, deviation)),
    prototypes: prototypeWeights(sizes),
  }
}

/** Parameters of a projection head. */
export type Head = As<'tensor', ReturnType<typeof head>>

const perceptron =
  (layers: Head['layers']) =>
  <A extends string>(x: Tensor<A | 'unit'>): Tensor<A | 'unit'> =>
    layers.reduce((input: Tensor<A | 'unit'>, { weight, bias }, index) => {
      const active = index === 0 ? input : gelu(input)
      return rename('nextUnit', 'unit')(add(dot('unit')(active, weight), bias))
    }, x)

const rowsOf = ({ direction, gain }: Head['prototypes'], normLastLayer: boolean): Tensor<'prototype' | 'unit'> => {
  if (gain === undefined) return direction
  const unit = div(direction, norm('unit', 0)(direction))
  return mul(unit, normLastLayer ? stopGradient(gain) : gain)
}

/**
 * Logits for each prototype. Where prototypes have gains, a logit is within plus and minus its gain, and
 * `normLastLayer` holds the gains where they are.
 */
export const applyHead = ({ layers, prototypes }: Head, normLastLayer: boolean): Replaces<'feature', 'prototype'> =>
  replacing<'feature', 'prototype'>(feature => {
    const bottleneck = normalise('unit')(perceptron(layers)(rename('feature', 'unit')(feature)))
    return dot('unit')(bottleneck, rowsOf(prototypes, normLastLayer))
  })
