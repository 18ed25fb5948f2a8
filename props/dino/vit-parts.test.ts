// The parts that a vision transformer may have: registers, a mask token, LayerScale, SwiGLU, and positions learned or
// rotary. Each does what it is for, and a transformer without it is as it was.

import * as fc from 'fast-check'
import { attend } from '../../dino/model/attention.ts'
import { applyBlock, type Block, block } from '../../dino/model/block.ts'
import { applySwiglu, feedForwards, hiddenFeatures, swiglu } from '../../dino/model/feed-forward.ts'
import { resizings } from '../../dino/model/position.ts'
import { anglesAt, rotation } from '../../dino/model/rotary.ts'
import { applyVit, type Vit, type VitSizes, vit } from '../../dino/model/vit.ts'
import { dinoForm, type VitForm } from '../../dino/model/vit-form.ts'
import {
  add,
  array,
  at,
  concat,
  dot,
  fill,
  gradient,
  layerNorm,
  mul,
  rename,
  type Scalar,
  scale,
  slice,
  square,
  sum,
  type Tensor,
  total,
  trees,
} from '../../lib/index.ts'
import { agree, holds, near, nearNumbers, same, sameData } from '../support/compare.ts'
import { drawnImage, drawnParameters, drawnValues } from '../support/drawn-models.ts'
import { law } from '../support/law.ts'
import { element, type Given, given, number, numbers, pick, tabulate } from '../support/tensors.ts'

const sizes: VitSizes = { imageSize: 6, patchSize: 2, features: 8, depth: 2, heads: 2, mlpRatio: 2 }
const rotaryForm: VitForm = { resizing: resizings.dino, rotary: { base: 100 } }
const side = sizes.imageSize / sizes.patchSize
const patches = side * side

const seeds = fc.nat()
const drawn = (seed: number, changes: Partial<VitSizes> = {}): Vit =>
  drawnParameters(seed, vit({ ...sizes, ...changes }))

/** The same image with its patches in another order: patch `order[i]` at place i. */
const reordered = (image: Given<'colour' | 'row' | 'column'>, order: readonly number[]) =>
  tabulate(image.sizes, ({ colour, row, column }) => {
    const { patchSize } = sizes
    const place = order[Math.floor(row / patchSize) * side + Math.floor(column / patchSize)]
    return element(image, {
      colour,
      row: Math.floor(place / side) * patchSize + (row % patchSize),
      column: (place % side) * patchSize + (column % patchSize),
    })
  })

const orders = fc.shuffledSubarray(
  Array.from({ length: patches }, (_, place) => place),
  { minLength: patches },
)

law(
  'patches that change places together with their positions change places, and nothing else changes',
  fc.record({ seed: seeds, order: orders }),
  ({ seed, order }) => {
    const values = drawnValues(seed, vit({ ...sizes, registers: 2 }))
    const parameters = drawn(seed, { registers: 2 })
    const position: Given<'token' | 'feature'> = given(values.position!.sizes, values.position!.data)
    const moved = { ...parameters, position: pick('token', [0, ...order.map(place => 1 + place)])(position) }
    const image = drawnImage(seed, sizes.imageSize)
    const [plain, other] = [applyVit(parameters, dinoForm)(image), applyVit(moved, dinoForm)(reordered(image, order))]
    const back = order.map(place => slice('token', place, 1)(plain.patches))
    return [
      agree(other.classToken, plain.classToken, 'class token'),
      agree(other.patches, concat('token')(back[0], ...back.slice(1)), 'patches'),
    ]
  },
  'dear',
)

law(
  'registers change no shape of what comes out, and are read by the class token',
  seeds,
  seed => {
    const image = drawnImage(seed, sizes.imageSize)
    const [without, withFour] = [0, 4].map(registers => applyVit(drawn(seed, { registers }), dinoForm)(image))
    const shapes = ({ classToken, patches: seen }: typeof without) => [classToken.expr.shape, seen.expr.shape]
    return [
      sameData('class token and patches', shapes(withFour), shapes(without)),
      sameData('all tokens', withFour.tokens.expr.shape.token, without.tokens.expr.shape.token + 4),
      same(slice('token', 5, patches)(withFour.tokens), withFour.patches, 'patches come last'),
      same(at('token', 0)(withFour.tokens), withFour.classToken, 'the class token comes first'),
      holds(
        'they are read',
        numbers(withFour.classToken).some((value, place) => value !== numbers(without.classToken)[place]),
      ),
    ]
  },
  'dear',
)

const hiddenSome = fc.record({
  seed: seeds,
  hidden: fc.array(fc.boolean(), { minLength: patches, maxLength: patches }),
})

law(
  'the pixels of a hidden patch do not matter; hiding nothing is no mask',
  hiddenSome,
  ({ seed, hidden }) => {
    const see = applyVit(drawn(seed, { maskToken: true, registers: 1 }), dinoForm)
    const image = drawnImage(seed, sizes.imageSize)
    const other = drawnImage(seed + 1, sizes.imageSize)
    const mixed = tabulate(image.sizes, place => {
      const [row, column] = [place.row, place.column].map(pixel => Math.floor(pixel / sizes.patchSize))
      return element(hidden[row * side + column] ? other : image, place)
    })
    const mask = array({ token: patches }, hidden.map(Number))
    const nothing = fill({ token: patches }, 0)
    return [
      same(see(mixed, { hidden: mask }).tokens, see(image, { hidden: mask }).tokens, 'pixels'),
      same(see(image, { hidden: nothing }).tokens, see(image).tokens, 'nothing hidden'),
    ]
  },
  'dear',
)

law(
  'the mask token stands before positions are added: all hidden, patches are as their positions make them',
  seeds,
  seed => {
    const parameters = drawn(seed, { maskToken: true, depth: 1 })
    const { maskToken, patch } = parameters
    const all = fill({ token: patches }, 1)
    const image = drawnImage(seed, sizes.imageSize)
    const constantly = { ...parameters, patch: { weight: scale(0)(patch.weight), bias: maskToken! } }
    return [
      agree(
        applyVit(parameters, dinoForm)(image, { hidden: all }).tokens,
        applyVit(constantly, dinoForm)(image).tokens,
        'a patch embedding that is the mask token',
      ),
    ]
  },
  'dear',
)

law('a mask without a mask token is a fault that says so', seeds, seed => {
  const image = drawnImage(seed, sizes.imageSize)
  const { tokens } = applyVit(drawn(seed), dinoForm)(image, { hidden: fill({ token: patches }, 1) })
  const [fault] = tokens.expr.faults
  return sameData('fault', [fault?.operation, fault?.expected, fault?.came], ['hide patches', 'a mask token', 'none'])
})

const feature = sizes.features
const tokensOf = (seed: number): Tensor<'token' | 'feature'> =>
  slice('token', 0, 5)(drawn(seed, { imageSize: 8 }).position!)
const blockOf = (seed: number, layerScale: number, feedForward: 'perceptron' | 'swiglu' = 'perceptron'): Block =>
  drawnParameters(seed, block({ features: feature, heads: 2, mlpRatio: 2, layerScale, feedForward }))

law('LayerScale of 0 makes a block the identity, of 1 a block without it, and its factors are linear', seeds, seed => {
  const x = tokensOf(seed)
  const { scale1: _, scale2: __, ...plain } = blockOf(seed, 1)
  const scaled = (factor: number): Block => ({
    ...plain,
    scale1: fill({ feature }, factor),
    scale2: fill({ feature }, factor),
  })
  const attended = attend(plain.attention)(layerNorm('feature')(plain.norm1)(x)).tokens
  return [
    same(applyBlock(scaled(0))(x).tokens, x, 'nothing'),
    same(applyBlock(scaled(1))(x).tokens, applyBlock(plain)(x).tokens, 'all'),
    agree(
      applyBlock({ ...plain, scale1: fill({ feature }, 0.5), scale2: fill({ feature }, 0) })(x).tokens,
      add(x, scale(0.5)(attended)),
      'half of attention',
    ),
  ]
})

law('SwiGLU is down(SiLU(gate) * up), with the published number of hidden features', seeds, seed => {
  const form = { features: 3, mlpRatio: 4 }
  const { factors, down } = drawnValues(seed, swiglu(form))
  const parameters = drawnParameters(seed, swiglu(form))
  const hidden = hiddenFeatures('swiglu', form)
  const x = given({ feature: 3 }, [seed % 5, -1, 0.5])
  const one = (factor: number, unit: number): number => {
    const weight = given(factors.weight.sizes, factors.weight.data)
    const bias = given(factors.bias.sizes, factors.bias.data)
    const products = Array.from(
      x.data,
      (value, place) => value * element(weight, { feature: place, factor, hidden: unit }),
    )
    return products.reduce((left, right) => left + right, element(bias, { factor, hidden: unit }))
  }
  const gated = Array.from({ length: hidden }, (_, unit) => {
    const gate = one(0, unit)
    return (gate / (1 + Math.exp(-gate))) * one(1, unit)
  })
  const weight = given(down.weight.sizes, down.weight.data)
  const expected = Array.from({ length: 3 }, (_, place) =>
    gated.reduce(
      (left, value, unit) => left + value * element(weight, { hidden: unit, feature: place }),
      down.bias.data[place],
    ),
  )
  return [
    nearNumbers(1e-12)(numbers(applySwiglu(parameters)(x)), expected, 'formula'),
    sameData('hidden', [hidden, hiddenFeatures('swiglu', { features: 1536, mlpRatio: 4 })], [8, 4096]),
  ]
})

const channels = 8
const turned = fc.record({
  seed: seeds,
  rows: fc.integer({ min: 1, max: 4 }),
  columns: fc.integer({ min: 1, max: 4 }),
  before: fc.integer({ min: 1, max: 3 }),
})

/** One vector for every token, so that scores tell of positions alone. */
const alike = (seed: number, name: string, tokens: number): Tensor<'token' | 'channel'> => {
  const image = drawnImage(seed, 2, 2)
  const values = Array.from(image.data).slice(0, channels)
  const shifted = values.map((value, place) => (name === 'query' ? value : values[(place + 3) % channels]))
  return tabulate({ token: tokens, channel: channels }, ({ channel }) => shifted[channel])
}

law('rotary scores depend on how far apart two patches are, and on nothing else', turned, p => {
  const { seed, rows, columns, before } = p
  const turn = rotation({ base: 100 }, { rows, columns }, before, channels)
  const tokens = before + rows * columns
  const scores: Tensor<'token' | 'context'> = dot('channel')(
    turn(alike(seed, 'query', tokens)),
    rename('token', 'context')(turn(alike(seed, 'key', tokens))),
  )
  const values = numbers(scores, { token: tokens, context: tokens })
  const between = (from: number, to: number): number => values[(before + from) * tokens + before + to]
  const seen = new Map<string, number>()
  const pairs = Array.from({ length: (rows * columns) ** 2 }, (_, pair) => {
    const [from, to] = [Math.floor(pair / (rows * columns)), pair % (rows * columns)]
    const apart = [Math.floor(to / columns) - Math.floor(from / columns), (to % columns) - (from % columns)].join()
    if (!seen.has(apart)) seen.set(apart, between(from, to))
    return [between(from, to), seen.get(apart)!] as const
  })
  return nearNumbers(1e-12)(
    pairs.map(([score]) => score),
    pairs.map(([, first]) => first),
  )
})

law('a rotation keeps lengths, leaves class and register tokens alone, and is the formula', turned, p => {
  const { seed, rows, columns, before } = p
  const grid = { rows, columns }
  const tokens = before + rows * columns
  const x = given(
    { token: tokens, channel: channels },
    Array.from({ length: tokens * channels }, (_, place) => Math.sin(seed + place)),
  )
  const after = rotation({ base: 100 }, grid, before, channels)(x)
  const half = channels / 2
  const angles = anglesAt({ base: 100 }, grid, channels)
  const formula = tabulate(x.sizes, ({ token, channel }) => {
    if (token < before) return element(x, { token, channel })
    const patch = token - before
    const angle = angles(Math.floor(patch / columns), patch % columns)[channel % half]
    const other = element(x, { token, channel: (channel + half) % channels })
    const sign = channel < half ? -1 : 1
    return element(x, { token, channel }) * Math.cos(angle) + sign * other * Math.sin(angle)
  })
  return [
    near(1e-14)(after, formula, 'formula'),
    near(1e-13)(sum('channel')(square(after)), sum('channel')(square(x)), 'lengths'),
    same(slice('token', 0, before)(after), slice('token', 0, before)(x), 'before'),
  ]
})

law(
  'a transformer with rotary positions alone sees where its patches are',
  fc.record({ seed: seeds, order: orders }),
  ({ seed, order }) => {
    const image = drawnImage(seed, sizes.imageSize)
    const parameters = drawn(seed, { positions: 'rotary' })
    const classTokens = [dinoForm, rotaryForm].map(form =>
      [image, reordered(image, order)].map(one => applyVit(parameters, form)(one).classToken),
    )
    const moves = order.some((place, index) => place !== index)
    const differ = numbers(classTokens[1][0]).some(
      (value, place) => Math.abs(value - numbers(classTokens[1][1])[place]) > 1e-9,
    )
    return [
      sameData('no learned positions', Object.hasOwn(parameters, 'position'), false),
      agree(classTokens[0][0], classTokens[0][1], 'without any positions, order is not seen'),
      holds('with rotary ones it is', differ === moves),
    ]
  },
  'dear',
)

const partsOfModel = /^(?:registers|maskToken|position|classToken|patch|blocks\.0\.(?:scale1|scale2|mlp|attention))/

law(
  'a small step of a part along its gradient changes the output by the square of its length, times the step',
  fc.record({ seed: seeds, feedForward: fc.constantFrom(...feedForwards) }),
  ({ seed, feedForward }) => {
    const all = { registers: 1, maskToken: true, layerScale: 1, feedForward }
    const parameters = drawnParameters(seed, vit({ ...sizes, imageSize: 4, depth: 1, ...all }))
    const image = drawnImage(seed, 4)
    const masks = { hidden: array({ token: 4 }, [1, 0, 0, 1]) }
    const weights = tabulate({ token: 6, feature }, ({ token, feature: place }) => Math.cos(3 * token + place))
    const value = (of: Vit): Scalar => total(mul(applyVit(of, rotaryForm)(image, masks).tokens, weights))
    const slopes = gradient(value(parameters), parameters)
    const leaves = trees
      .leavesOf<'tensor'>(slopes)
      .map(([path, slope]) => [path, numbers(total(square(slope)))[0]] as const)
    const parts = new Set(leaves.flatMap(([path]) => partsOfModel.exec(path) ?? []))
    return [...parts].map(part => {
      const length = leaves.reduce((sum, [path, own]) => (path.startsWith(part) ? sum + own : sum), 0)
      const step = 1e-4 / (1 + length)
      const at = (by: number): number =>
        number(
          value(
            trees.zipTrees(
              parameters,
              slopes,
            )((path, p, slope) => (path.startsWith(part) ? add(p, scale(by)(slope)) : p)),
          ),
        )
      return nearNumbers(1e-5 * (1 + length))([(at(step) - at(-step)) / (2 * step)], [length], part)
    })
  },
  'dear',
)
