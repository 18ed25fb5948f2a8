// Changes of colour, with the meaning that they have in torchvision. Brightness, contrast and saturation mix the
// picture with black, with its mean grey and with its own grey, and clip; hue turns the circle of HSV. Each is a
// function of a number and a picture, so that the changes of a view can be drawn as a list of names and numbers.

import { clipped, colours, type Picture } from './picture.ts'

/** The aspects that colour jitter changes. Factors of 1 and a turn of 0 leave a picture as it is. */
export type ColourAspect = 'brightness' | 'contrast' | 'saturation' | 'hue'

/** The parts of red, green and blue in grey (ITU-R BT.601), as torchvision rounds them. */
export const greyWeights = [0.2989, 0.587, 0.114] as const

/** Mean and deviation of ImageNet's colours, by which the public networks expect their input normalised. */
export const imageNet: Statistics = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] }

/** Mean and standard deviation of each colour. */
export interface Statistics {
  readonly mean: readonly [number, number, number]
  readonly deviation: readonly [number, number, number]
}

const like = ({ rows, columns }: Picture, data: Float32Array): Picture => ({ rows, columns, data })

/** The mean of the grey of all pixels. */
const meanGrey = ({ rows, columns, data }: Picture): number => {
  const area = rows * columns
  const [red, green, blue] = greyWeights
  let sum = 0
  for (let at = 0; at < area; at += 1) sum += red * data[at] + green * data[area + at] + blue * data[2 * area + at]
  return sum / area
}

/** `factor` parts of a picture and 1 - `factor` parts of `level` plus `own` parts of each pixel's grey, clipped. */
const mix = (picture: Picture, factor: number, level: number, own: number): Picture => {
  const { data } = picture
  const area = picture.rows * picture.columns
  const mixed = new Float32Array(data.length)
  const [red, green, blue] = greyWeights.map(weight => (1 - factor) * own * weight)
  const constant = (1 - factor) * level
  for (let at = 0; at < area; at += 1) {
    const r = data[at]
    const g = data[area + at]
    const b = data[2 * area + at]
    const other = red * r + green * g + blue * b + constant
    mixed[at] = clipped(factor * r + other)
    mixed[area + at] = clipped(factor * g + other)
    mixed[2 * area + at] = clipped(factor * b + other)
  }
  return like(picture, mixed)
}

/** 0 is black; above 1 brighter. */
const brightness =
  (factor: number) =>
  (picture: Picture): Picture =>
    mix(picture, factor, 0, 0)

/** 0 is the mean grey of the picture; above 1 more contrast. */
const contrast =
  (factor: number) =>
  (picture: Picture): Picture =>
    mix(picture, factor, meanGrey(picture), 0)

/** 0 is grey; above 1 more colourful. */
const saturation =
  (factor: number) =>
  (picture: Picture): Picture =>
    mix(picture, factor, 0, 1)

/** Hue in sixths of the circle, in [-1, 5]: 0 red, 2 green, 4 blue; 0 for grey. */
const hueOf = (red: number, green: number, blue: number, value: number, chroma: number): number => {
  if (chroma === 0) return 0
  if (value === red) return (green - blue) / chroma
  return value === green ? (blue - red) / chroma + 2 : (red - green) / chroma + 4
}

/** How far a colour lies below the value, in parts of the chroma: a trapezium over [0, 6), 0 at 0 and from 4 on. */
const below = (sixths: number): number => Math.max(0, Math.min(sixths, 4 - sixths, 1))

/** Turns the hue of HSV by a part of the circle, in [-0.5, 0.5]; value, the largest colour, and chroma stay. */
const hue =
  (turn: number) =>
  (picture: Picture): Picture => {
    const { data } = picture
    const area = picture.rows * picture.columns
    const turned = new Float32Array(data.length)
    for (let at = 0; at < area; at += 1) {
      const red = data[at]
      const green = data[area + at]
      const blue = data[2 * area + at]
      const value = Math.max(red, green, blue)
      const chroma = value - Math.min(red, green, blue)
      const sixths = hueOf(red, green, blue, value, chroma) / 6 + turn
      const place = 6 * (sixths - Math.floor(sixths))
      turned[at] = value - chroma * below(place < 1 ? place + 5 : place - 1)
      turned[area + at] = value - chroma * below(place < 3 ? place + 3 : place - 3)
      turned[2 * area + at] = value - chroma * below(place < 5 ? place + 1 : place - 5)
    }
    return like(picture, turned)
  }

/** The changes of colour jitter by name. */
export const changeColour: Readonly<Record<ColourAspect, (amount: number) => (picture: Picture) => Picture>> = {
  brightness,
  contrast,
  saturation,
  hue,
}

/** All three colours become grey. */
export const grey = saturation(0)

/** Values from the threshold on are inverted. */
export const solarise =
  (threshold: number) =>
  (picture: Picture): Picture => {
    const data = picture.data.slice()
    for (let at = 0; at < data.length; at += 1) if (data[at] >= threshold) data[at] = 1 - data[at]
    return like(picture, data)
  }

const affine = (picture: Picture, factor: (colour: number) => number, shift: (colour: number) => number): Picture => {
  const data = new Float32Array(picture.data.length)
  const area = picture.rows * picture.columns
  for (let colour = 0; colour < colours; colour += 1) {
    const [scale, offset] = [factor(colour), shift(colour)]
    for (let at = colour * area; at < (colour + 1) * area; at += 1) data[at] = scale * picture.data[at] + offset
  }
  return like(picture, data)
}

/** (x - mean) / deviation of each colour: what a network sees. */
export const normaliseColours =
  ({ mean, deviation }: Statistics) =>
  (picture: Picture): Picture =>
    affine(
      picture,
      colour => 1 / deviation[colour],
      colour => -mean[colour] / deviation[colour],
    )

/** The inverse of normaliseColours. */
export const denormaliseColours =
  ({ mean, deviation }: Statistics) =>
  (picture: Picture): Picture =>
    affine(
      picture,
      colour => deviation[colour],
      colour => mean[colour],
    )
