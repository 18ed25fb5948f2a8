// Two pictures of one built-in scene, and for each point of the first where it is in the second. The scene is a
// program, so this is known exactly and not estimated; losses on single patches and tests of dense features need it.
// Prints some points, and writes a PNG: the first picture, the second, and the second carried back to the places of the
// first, white where a point has left the picture or something hides it. The first and the third look alike.
// Run: npx tsx examples/correspondences.ts [picture.png] [number of the scene]

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import sharp from 'sharp'
import { type Correspondences, correspondences } from '../dino/data/scenes/correspondences.ts'
import { renderScene } from '../dino/data/scenes/render.ts'
import { otherShot } from '../dino/data/scenes/scene.ts'
import { sceneAt, sceneKey } from '../dino/data/scenes/scenes.ts'
import { colours, type Picture, toBytes } from '../dino/views/picture.ts'
import { contactSheet } from '../dino/views/sheet.ts'

const size = 192
const area = size * size
const path = process.argv[2] ?? 'runs/correspondences.png'
const number = Number(process.argv[3] ?? 3)

const options = { seed: 1, part: 'train' } as const
const scene = sceneAt(options, number)
const home = { x: 0, y: 0, angle: 0, zoom: 1 }
const { camera } = otherShot(sceneKey(options, number))
/** The same light for both, so that a point has the same colour in both. */
const light = { direction: 0, slope: 0, brightness: 1 }
const [first, second] = [home, camera].map(camera => renderScene(scene, { camera, light }, size).picture)
const found = correspondences(scene, home, camera, size)

/** The pixel of the second picture that is nearest to where a pixel of the first is seen there. */
const pixelOf = ({ rows, columns }: Correspondences, pixel: number): number =>
  Math.round(rows[pixel]) * size + Math.round(columns[pixel])

const visible = [...found.visible.keys()].filter(pixel => found.visible[pixel] === 1)

const carriedBack = (picture: Picture): Picture => {
  const data = new Float32Array(picture.data.length).fill(1)
  for (let plane = 0; plane < colours; plane += 1)
    for (const pixel of visible) data[plane * area + pixel] = picture.data[plane * area + pixelOf(found, pixel)]
  return { ...picture, data }
}

/** The mean difference of colours between the visible points of the first picture and some places in the second. */
const difference = (placeOf: (pixel: number) => number): number => {
  let sum = 0
  for (let plane = 0; plane < colours; plane += 1)
    for (const pixel of visible)
      sum += Math.abs(first.data[plane * area + pixel] - second.data[plane * area + placeOf(pixel)])
  return sum / colours / visible.length
}

console.log(`scene ${number}: ${Math.round((100 * visible.length) / area)} % of the points are seen in both pictures`)
for (let at = 0; at < 5; at += 1) {
  const pixel = visible[Math.floor(((at + 0.5) * visible.length) / 5)]
  const [row, column] = [found.rows[pixel], found.columns[pixel]].map(value => value.toFixed(2))
  console.log(`  row ${Math.floor(pixel / size)}, column ${pixel % size} is seen at row ${row}, column ${column}`)
}
console.log(
  `mean difference of colours at corresponding points: ${difference(pixel => pixelOf(found, pixel)).toFixed(4)}`,
)
console.log(`mean difference of colours at the same places: ${difference(pixel => pixel).toFixed(4)}`)

const frame = [0.6, 0.6, 0.6] as const
const cells = [first, second, carriedBack(second)].map(picture => ({ picture, frame }))
const sheet = contactSheet([cells], { side: size })
mkdirSync(dirname(path), { recursive: true })
await sharp(toBytes(sheet), { raw: { width: sheet.columns, height: sheet.rows, channels: colours } }).toFile(path)
console.log(`written to ${path}`)
