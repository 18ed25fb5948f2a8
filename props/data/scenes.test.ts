// The built-in scenes: a picture follows from seed, part and number; what is known of its pixels is true; and two
// pictures of one scene agree where they show the same.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { followedBy, inverse, move, projection, similarity } from '../../dino/data/scenes/camera.ts'
import { correspondences } from '../../dino/data/scenes/correspondences.ts'
import { kinds } from '../../dino/data/scenes/kinds.ts'
import { middleOf, surfacesOf } from '../../dino/data/scenes/look.ts'
import { renderScene } from '../../dino/data/scenes/render.ts'
import { drawScene, firstShot, otherShot, variation } from '../../dino/data/scenes/scene.ts'
import { sceneAt, sceneKey, scenes } from '../../dino/data/scenes/scenes.ts'
import { reach, shapes } from '../../dino/data/scenes/shapes.ts'
import type { Picture } from '../../dino/views/picture.ts'
import { random } from '../../lib/index.ts'
import { holds, mostNumbers, nearNumbers, sameData, sameNumbers } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law, outside } from '../support/law.ts'
import { right } from '../support/results.ts'

const size = 24

const drawn = fc.record({ seed: fc.nat({ max: 1000 }), label: fc.nat({ max: kinds.length - 1 }) })

const sceneOf = ({ seed, label }: { readonly seed: number; readonly label: number }) =>
  drawScene(random.keyOf(seed), label)

const pictureOf = async (set: ReturnType<typeof scenes>, index: number): Promise<readonly number[]> =>
  Array.from(right(await set.read(index)()).data)

example('a picture follows from seed, part and number, and from nothing else', async () => {
  const options = { seed: 3, count: 40, size: 16, part: 'train' } as const
  const first = await pictureOf(scenes(options), 7)
  assert.deepEqual(await pictureOf(scenes({ ...options, count: 20 }), 7), first)
  for (const other of [scenes({ ...options, seed: 4 }), scenes({ ...options, part: 'test' })])
    assert.notDeepEqual(await pictureOf(other, 7), first)
  assert.notDeepEqual(await pictureOf(scenes(options), 17), first)
})

example('every class is as large as the others, and names say which it is', () => {
  const { names, labels, classes } = scenes({ seed: 1, count: 50, size, part: 'train' })
  assert.equal(new Set(classes).size, kinds.length)
  for (const label of classes.keys()) assert.equal(labels?.filter(own => own === label).length, 5)
  labels?.forEach((label, at) => assert.equal(names[at], `${classes[label]}-${String(at).padStart(5, '0')}`))
})

example('a number that there is not is an error', async () => {
  const { read } = scenes({ seed: 1, count: 5, size, part: 'test' })
  for (const index of [-1, 5, 0.5]) {
    const picture = await read(index)()
    assert.ok(E.isLeft(picture))
    assert.deepEqual(picture.left, { kind: 'no such picture', set: 'scenes (test)', index, count: 5 })
  }
})

law('every scene shows something of its class, and values are in range', drawn, given => {
  const scene = sceneOf(given)
  const { picture, mask, depth, label } = renderScene(scene, firstShot(scene), size)
  const things = mask.filter(value => value === 1).length / mask.length
  return [
    mostNumbers(0)([0.04, things], [things, 0.95], 'part of the picture that shows the class'),
    mostNumbers(1e-6)(picture.data, new Float64Array(picture.data.length).fill(1), 'largest value'),
    mostNumbers(0)(new Float64Array(picture.data.length), picture.data, 'smallest value'),
    mostNumbers(0)(depth, new Float64Array(depth.length).fill(variation.backgroundDepth), 'depth'),
    sameNumbers([label], [given.label], 'class'),
  ]
})

law('the background is where nothing is nearer', drawn, given => {
  const scene = sceneOf(given)
  const { mask, depth } = renderScene(scene, firstShot(scene), size)
  const near = Array.from(depth, value => (value < variation.backgroundDepth ? 1 : 0))
  return sameNumbers(
    near,
    Array.from(mask, value => (value === 0 ? 0 : 1)),
    'mask',
    { row: size, column: size },
  )
})

law('of all that covers a point the nearest is seen', drawn, given => {
  const scene = sceneOf(given)
  const { camera, light } = otherShot(random.keyOf(given.seed))
  const surfaces = surfacesOf(scene, camera)
  const nearest = Array.from({ length: size * size }, (_, pixel) => {
    const middle = middleOf(pixel, size)
    const covering = surfaces.filter(({ own, inside }) => inside(...move(own, middle)))
    return Math.fround(Math.min(...covering.map(({ depth }) => depth)))
  })
  return sameNumbers(renderScene(scene, { camera, light }, size).depth, nearest, 'depth', { row: size, column: size })
})

example('no shape reaches further than it may', () => {
  const steps = Array.from({ length: 601 }, (_, at) => at / 200 - 1.5)
  for (const [name, inside] of Object.entries(shapes))
    for (const x of steps)
      for (const y of steps) if (Math.hypot(x, y) > reach) assert.ok(!inside(x, y), `${name} at ${x}, ${y}`)
})

law('from a camera to itself every point stays where it is and is seen', drawn, given => {
  const scene = sceneOf(given)
  const { camera } = otherShot(random.keyOf(given.seed))
  const { rows, columns, visible } = correspondences(scene, camera, camera, size)
  const sizes = { row: size, column: size }
  return [
    nearNumbers(1e-4)(
      rows,
      Array.from(rows, (_, pixel) => Math.floor(pixel / size)),
      'rows',
      sizes,
    ),
    nearNumbers(1e-4)(
      columns,
      Array.from(columns, (_, pixel) => pixel % size),
      'columns',
      sizes,
    ),
    sameNumbers(visible, new Uint8Array(size * size).fill(1), 'visible', sizes),
  ]
})

law('what corresponds is the same thing at the same depth in both pictures', drawn, given => {
  const scene = sceneOf(given)
  const [first, second] = [firstShot(scene), otherShot(random.keyOf(given.seed))]
  const fine = 8 * size
  const before = renderScene(scene, first, size)
  const after = renderScene(scene, second, fine)
  const { rows, columns, visible } = correspondences(scene, first.camera, second.camera, size)
  const scale = fine / size
  const places = Array.from(visible.keys()).filter(pixel => visible[pixel] === 1)
  const there = places.map(pixel => {
    const [row, column] = [rows, columns].map(at =>
      Math.min(Math.max(Math.round(scale * (at[pixel] + 0.5) - 0.5), 0), fine - 1),
    )
    return row * fine + column
  })
  const differ = places.filter((pixel, at) => before.depth[pixel] !== after.depth[there[at]]).length
  return [
    holds('some points are seen in both', places.length > size),
    mostNumbers(0)([differ / places.length], [0.05], 'points at the edge of a thing, by rounding to a pixel'),
  ]
})

/** The pixels about a pixel that is not at the border, and itself. */
const about = (pixel: number, side: number): readonly number[] =>
  [-side, 0, side].flatMap(down => [-1, 0, 1].map(across => pixel + down + across))

/** The colour of a pixel where all about it have the same one; else undefined, and at the border. */
const flatColour = ({ rows: side, data }: Picture, pixel: number): readonly number[] | undefined => {
  const [row, column] = [Math.floor(pixel / side), pixel % side]
  if (Math.min(row, column) < 1 || Math.max(row, column) > side - 2) return undefined
  const planes = [0, 1, 2].map(plane => about(pixel, side).map(at => data[plane * side * side + at]))
  return planes.every(values => values.every(value => value === values[0])) ? planes.map(([value]) => value) : undefined
}

law(
  'what corresponds has the same colour in the same light, away from edges',
  drawn,
  given => {
    const scene = sceneOf(given)
    const light = { direction: 0, slope: 0, brightness: 1 }
    const [first, second] = [firstShot(scene), otherShot(random.keyOf(given.seed))].map(({ camera }) => ({
      camera,
      light,
    }))
    const side = 3 * size
    const [before, after] = [first, second].map(shot => renderScene(scene, shot, side).picture)
    const { rows, columns, visible } = correspondences(scene, first.camera, second.camera, side)
    const pairs = Array.from(visible.keys()).flatMap(pixel => {
      if (visible[pixel] === 0) return []
      const there = flatColour(after, Math.round(rows[pixel]) * side + Math.round(columns[pixel]))
      const here = flatColour(before, pixel)
      return here && there ? [{ here, there }] : []
    })
    if (pairs.length < size) return outside
    return sameNumbers(
      pairs.flatMap(({ here }) => here),
      pairs.flatMap(({ there }) => there),
      'colour',
      { pair: pairs.length, colour: 3 },
    )
  },
  'middling',
)

law('a camera that moves shifts things by as much as they are near', drawn, given => {
  const camera = { ...otherShot(random.keyOf(given.seed)).camera, angle: 0, zoom: 1 }
  const shifts = [0.5, 1, 2, 4].flatMap(depth => move(projection(camera, depth), [0, 0]).map(shift => shift * depth))
  return nearNumbers(1e-12)(
    shifts,
    [0, 1, 2, 3].flatMap(() => [-camera.x, -camera.y]),
    'shift times depth',
  )
})

law('similarities can be undone, and one after another are one', fc.tuple(fc.nat(), fc.nat()), ([one, other]) => {
  const [first, second] = [one, other].map(seed => projection(otherShot(random.keyOf(seed)).camera, 1.5))
  const point = [0.3, -0.7] as const
  const both = move(second, move(first, point))
  return [
    nearNumbers(1e-12)(move(inverse(first), move(first, point)), point, 'there and back'),
    nearNumbers(1e-12)(move(followedBy(first, second), point), both, 'one after another'),
    sameNumbers(move(similarity(1, 0, 0, 0), point), point, 'identity'),
  ]
})

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

example('colours tell nothing of the class: means over many scenes differ by chance only', () => {
  const each = 100
  const drawnScenes = Array.from({ length: each * kinds.length }, (_, at) => sceneAt({ seed: 9, part: 'train' }, at))
  for (const what of ['background', 'thing', 'other shade of the thing'] as const)
    for (const measure of ['red', 'green', 'blue', 'value'] as const) {
      const values = drawnScenes.map(({ background, things }) => {
        const { texture } = what === 'background' ? background : things[0]
        const [red, green, blue] = texture.colours[what === 'other shade of the thing' ? 1 : 0]
        return { red, green, blue, value: Math.max(red, green, blue) }[measure]
      })
      const middle = meanOf(values)
      const deviation = Math.sqrt(meanOf(values.map(value => (value - middle) ** 2)) / each)
      for (const label of kinds.keys()) {
        const mean = meanOf(values.filter((_, at) => at % kinds.length === label))
        assert.ok(Math.abs(mean - middle) < 5 * deviation, `${measure} of the ${what} of class ${label}`)
      }
    }
})

law('the key of a scene is its own', fc.tuple(fc.nat({ max: 500 }), fc.nat({ max: 500 })), ([one, other]) => {
  const [first, second] = [one, other].map(index => sceneKey({ seed: 1, part: 'train' }, index))
  return one === other
    ? sameData('the same key', first, second)
    : holds('other keys', JSON.stringify(first) !== JSON.stringify(second))
})

example('no scene of the test part has the key of one of the train part', () => {
  const keys = (['train', 'test'] as const).flatMap(part =>
    Array.from({ length: 5000 }, (_, index) => JSON.stringify(sceneKey({ seed: 1, part }, index))),
  )
  assert.equal(new Set(keys).size, keys.length)
})
