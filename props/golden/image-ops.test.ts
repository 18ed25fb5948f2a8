// Crops, blur and changes of colour against torchvision, computed there in float64. What a tensor holds is in its name,
// such as crop.bicubic.16 or blur9.sigma1.1; every tensor of the file must be known.

import assert from 'node:assert/strict'
import { changeColour, grey, solarise } from '../../dino/views/colour.ts'
import { bicubic, bilinear } from '../../dino/views/interpolation.ts'
import type { Picture } from '../../dino/views/picture.ts'
import { type Box, flip, gaussianBlur, resample, resizedCrop } from '../../dino/views/resample.ts'
import { closeTo } from '../support/closeness.ts'
import { example } from '../support/example.ts'
import { readCase, tensorOf } from './case.ts'

interface Config {
  readonly box: { readonly top: number; readonly left: number; readonly height: number; readonly width: number }
}

const golden = readCase<Config>('image-ops')
const { shape, data } = tensorOf(golden, 'image')
const image: Picture = { rows: shape[1], columns: shape[2], data: Float32Array.from(data) }
const { top, left, height, width } = golden.config.box
const box: Box = { top, left, rows: height, columns: width }

const kernels: Readonly<Record<string, typeof bicubic>> = { bicubic, bilinear }

const crop = (kernel: string, size: number): Picture =>
  resample(resizedCrop(kernels[kernel])(image, box, { rows: size, columns: size }))(image)

const blurred = (size: number, sigma: number): Picture => resample(gaussianBlur(image, sigma, (size - 1) / 2))(image)

const operations: readonly (readonly [name: RegExp, apply: (...groups: string[]) => Picture])[] = [
  [/^image$/, () => image],
  [/^crop\.(bicubic|bilinear)\.(\d+)$/, (kernel, size) => crop(kernel, Number(size))],
  [/^flip$/, () => resample(flip(image))(image)],
  [/^blur(\d+)\.sigma([\d.]+)$/, (size, sigma) => blurred(Number(size), Number(sigma))],
  [/^brightness([\d.]+)$/, factor => changeColour.brightness(Number(factor))(image)],
  [/^contrast([\d.]+)$/, factor => changeColour.contrast(Number(factor))(image)],
  [/^saturation([\d.]+)$/, factor => changeColour.saturation(Number(factor))(image)],
  [/^hue(-?[\d.]+)$/, turn => changeColour.hue(Number(turn))(image)],
  [/^gray$/, () => grey(image)],
  [/^solarize([\d.]+)$/, threshold => solarise(Number(threshold))(image)],
]

for (const [name, expected] of golden.tensors)
  example(`image-ops: ${name}`, () => {
    const [operation] = operations.filter(([pattern]) => pattern.test(name))
    assert.ok(operation !== undefined, `no operation is known for "${name}"`)
    const [pattern, apply] = operation
    closeTo(expected.data, apply(...pattern.exec(name)!.slice(1)).data, 1e-6, name)
  })
