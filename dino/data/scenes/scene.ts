// Scenes as data: several things of one kind, clutter, a textured background, and light, all drawn from a key. Only the
// kind of the things depends on the class. A table says how much everything else varies.

import { random } from '../../../lib/index.ts'
import type { Camera, Light, Shot } from './camera.ts'
import { type Kind, kinds } from './kinds.ts'
import { type ShapeName, shapeNames } from './shapes.ts'
import { type Colour, patternNames, type Texture } from './textures.ts'

type Range = readonly [low: number, high: number]

/** How much scenes vary. Lengths are in half sides of the picture, angles in radians, depths in units of their own. */
export const variation = {
  things: [4, 7],
  position: [-0.8, 0.8],
  size: [0.32, 0.48],
  angle: [-0.5, 0.5],
  depth: [1, 2],
  clutter: [0, 2],
  clutterSize: [0.08, 0.16],
  clutterDepth: [0.8, 2.5],
  backgroundDepth: 4,
  hue: [0, 1],
  saturation: [0.2, 0.9],
  dark: [0.08, 0.22],
  bright: [0.65, 1],
  shade: [-0.03, 0.03],
  textureScale: [1.5, 4],
  slope: [0, 0.15],
  brightness: [0.9, 1.1],
  shift: [-0.25, 0.25],
  turn: [-0.35, 0.35],
  zoom: [0.85, 1.25],
} as const satisfies Readonly<Record<string, Range | number>>

/** Something with a place: its shape, within a circle of radius `size` about a point, at a depth. */
export interface Thing {
  readonly shape: ShapeName
  readonly x: number
  readonly y: number
  readonly size: number
  readonly angle: number
  readonly depth: number
  readonly texture: Texture
}

/** A scene: things of its class, clutter, and an infinitely wide background. */
export interface Scene {
  readonly label: number
  readonly things: readonly Thing[]
  readonly clutter: readonly Thing[]
  readonly background: { readonly depth: number; readonly texture: Texture }
  readonly light: Light
}

/** Numbers by name from one key, so that another number to draw changes none of the others. */
const drawing = (key: random.Key) => {
  const one = (name: string): number => random.uniform(0, 1)(random.fold(key, name))
  return {
    in: (name: string, [low, high]: Range): number => low + (high - low) * one(name),
    of: <T>(name: string, choices: readonly T[]): T => choices[Math.floor(one(name) * choices.length)],
    whole: (name: string, [low, high]: Range): number => low + Math.floor((high - low + 1) * one(name)),
  }
}

const turnOf = 2 * Math.PI

/** Red, green and blue of hue, saturation and value, all in [0, 1] (Smith 1978). */
const colourOf = (hue: number, saturation: number, value: number): Colour => {
  const channel = (offset: number): number => {
    const place = (offset + 6 * hue) % 6
    return value * (1 - saturation * Math.max(0, Math.min(place, 4 - place, 1)))
  }
  return [channel(5), channel(3), channel(1)]
}

/** A pattern of two values of one colour. */
const drawTexture = (
  key: random.Key,
  pattern: Pick<Texture, 'pattern' | 'scale'>,
  first: Range,
  second: (value: number) => Range,
): Texture => {
  const draw = drawing(key)
  const [hue, saturation] = [draw.in('hue', variation.hue), draw.in('saturation', variation.saturation)]
  const value = draw.in('value', first)
  const other = Math.min(Math.max(draw.in('second', second(value)), 0), 1)
  return {
    ...pattern,
    colours: [colourOf(hue, saturation, value), colourOf(hue, saturation, other)],
    angle: draw.in('angle', [0, turnOf]),
    seed: draw.whole('seed', [0, 2 ** 30]),
  }
}

/** Two shades of about the same value. */
const shades = (value: number): Range => [value + variation.shade[0], value + variation.shade[1]]

/** A thing of a kind: its pattern is bright and dark. */
const drawThing = (key: random.Key, { shape, pattern, scale }: Kind): Thing => {
  const draw = drawing(key)
  return {
    shape,
    x: draw.in('x', variation.position),
    y: draw.in('y', variation.position),
    size: draw.in('size', variation.size),
    angle: draw.in('angle', variation.angle),
    depth: draw.in('depth', variation.depth),
    texture: drawTexture(random.fold(key, 'texture'), { pattern, scale }, variation.bright, () => variation.dark),
  }
}

/** A small plain shape of any class, anywhere. */
const drawClutter = (key: random.Key): Thing => {
  const draw = drawing(key)
  const pattern = { pattern: 'plain', scale: 1 } as const
  return {
    shape: draw.of('shape', shapeNames),
    x: draw.in('x', variation.position),
    y: draw.in('y', variation.position),
    size: draw.in('size', variation.clutterSize),
    angle: draw.in('angle', [0, turnOf]),
    depth: draw.in('depth', variation.clutterDepth),
    texture: drawTexture(random.fold(key, 'texture'), pattern, [variation.dark[0], variation.bright[1]], shades),
  }
}

const drawLight = (key: random.Key): Light => {
  const draw = drawing(key)
  return {
    direction: draw.in('direction', [0, turnOf]),
    slope: draw.in('slope', variation.slope),
    brightness: draw.in('brightness', variation.brightness),
  }
}

/** A scene with things of class `label`. */
export const drawScene = (key: random.Key, label: number): Scene => {
  const draw = drawing(key)
  const several = (name: string, [low, high]: Range, one: (key: random.Key) => Thing): readonly Thing[] =>
    Array.from({ length: draw.whole(`${name} count`, [low, high]) }, (_, at) =>
      one(random.fold(random.fold(key, name), at)),
    )
  const pattern = {
    pattern: draw.of('pattern', patternNames),
    scale: draw.in('pattern scale', variation.textureScale),
  }
  return {
    label,
    things: several('things', variation.things, thing => drawThing(thing, kinds[label])),
    clutter: several('clutter', variation.clutter, drawClutter),
    background: {
      depth: variation.backgroundDepth,
      texture: drawTexture(random.fold(key, 'background'), pattern, variation.dark, shades),
    },
    light: drawLight(random.fold(key, 'light')),
  }
}

const home: Camera = { x: 0, y: 0, angle: 0, zoom: 1 }

/** The scene as the set shows it. */
export const firstShot = ({ light }: Scene): Shot => ({ camera: home, light })

/** Another look at a scene: another camera, other light. */
export const otherShot = (key: random.Key): Shot => {
  const draw = drawing(random.fold(key, 'other'))
  const camera = {
    x: draw.in('x', variation.shift),
    y: draw.in('y', variation.shift),
    angle: draw.in('turn', variation.turn),
    zoom: draw.in('zoom', variation.zoom),
  }
  return { camera, light: drawLight(random.fold(key, 'other light')) }
}
