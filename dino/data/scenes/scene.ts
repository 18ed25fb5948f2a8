// Scenes as data: one object of some class, clutter around it, a textured background, and light. All of it is drawn from a key;
// nothing but the shape of the object depends on the class. The table below says how much everything varies.

import { fold, type Key, uniforms } from '../../../lib/index.ts'
import type { Camera, Light, Shot } from './camera.ts'
import { type ShapeName, shapeNames } from './shapes.ts'
import { type Colour, type PatternName, patternNames, type Texture } from './textures.ts'

type Range = readonly [low: number, high: number]

/** How much scenes vary. Lengths are in half sides of the picture, angles in radians, depths in units of their own. */
export const variation = {
  position: [-0.3, 0.3],
  size: [0.5, 0.75],
  angle: [-0.5, 0.5],
  objectDepth: [1, 1.5],
  clutter: [1, 4],
  clutterDistance: [0.75, 1.15],
  clutterSize: [0.12, 0.28],
  clutterDepth: [0.8, 2.5],
  backgroundDepth: 4,
  hue: [0, 1],
  saturation: [0.2, 0.9],
  dark: [0.1, 0.4],
  bright: [0.65, 1],
  secondColour: [-0.15, 0.15],
  textureScale: [1.5, 4],
  slope: [0, 0.35],
  brightness: [0.8, 1.15],
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

/** A scene: `things` begins with the object; the background is infinitely wide. */
export interface Scene {
  readonly label: number
  readonly things: readonly [object: Thing, ...clutter: Thing[]]
  readonly background: { readonly depth: number; readonly texture: Texture }
  readonly light: Light
}

/** Numbers by name from one key, so that another number to draw changes none of the others. */
const drawing = (key: Key) => {
  const one = (name: string): number => uniforms(fold(key, name), 1)[0]
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

/** A texture of two shades of one colour, dark or bright. */
const surfaces: readonly { readonly pattern: PatternName; readonly scale: number }[] = [
  { pattern: 'plain', scale: 1 },
  { pattern: 'stripes', scale: 1.2 },
  { pattern: 'stripes', scale: 2.4 },
  { pattern: 'checks', scale: 0.8 },
  { pattern: 'checks', scale: 1.6 },
  { pattern: 'dots', scale: 1.2 },
  { pattern: 'dots', scale: 2.2 },
  { pattern: 'ripples', scale: 1.2 },
  { pattern: 'ripples', scale: 2.4 },
  { pattern: 'grain', scale: 2.5 },
]

const drawTexture = (key: Key, shade: 'dark' | 'bright', patterns: readonly PatternName[], label?: number): Texture => {
  const draw = drawing(key)
  const hue = draw.in('hue', variation.hue)
  const saturation = draw.in('saturation', variation.saturation)
  const value = draw.in('value', variation[shade])
  const other =
    (label === undefined || process.env.NOTEX !== undefined)
      ? Math.min(Math.max(value + draw.in('second', variation.secondColour), 0), 1)
      : draw.in('second', variation[shade === 'dark' ? 'bright' : 'dark'])
  return {
    pattern: (label === undefined || process.env.NOTEX !== undefined) ? draw.of('pattern', patterns) : surfaces[label!].pattern,
    colours: [colourOf(hue, saturation, value), colourOf(hue, saturation, other)],
    scale: ((label === undefined || process.env.NOTEX !== undefined) ? draw.in('scale', variation.textureScale) : surfaces[label!].scale),
    angle: draw.in('angle', [0, turnOf]),
    seed: draw.whole('seed', [0, 2 ** 30]),
  }
}

const drawObject = (key: Key, shape: ShapeName, shade: 'dark' | 'bright'): Thing => {
  const draw = drawing(key)
  return {
    shape,
    x: draw.in('x', variation.position),
    y: draw.in('y', variation.position),
    size: draw.in('size', variation.size),
    angle: draw.in('angle', variation.angle),
    depth: draw.in('depth', variation.objectDepth),
    texture: drawTexture(fold(key, 'texture'), shade, patternNames, shapeNames.indexOf(shape)),
  }
}

/** Small shapes of any class, near the border. */
const drawClutter = (key: Key): Thing => {
  const draw = drawing(key)
  const [direction, distance] = [draw.in('direction', [0, turnOf]), draw.in('distance', variation.clutterDistance)]
  return {
    shape: draw.of('shape', shapeNames),
    x: distance * Math.cos(direction),
    y: distance * Math.sin(direction),
    size: draw.in('size', variation.clutterSize),
    angle: draw.in('angle', [0, turnOf]),
    depth: draw.in('depth', variation.clutterDepth),
    texture: drawTexture(fold(key, 'texture'), draw.of('shade', ['dark', 'bright']), ['plain'] as const),
  }
}

const drawLight = (key: Key): Light => {
  const draw = drawing(key)
  return {
    direction: draw.in('direction', [0, turnOf]),
    slope: draw.in('slope', variation.slope),
    brightness: draw.in('brightness', variation.brightness),
  }
}

/** A scene with an object of class `label`. */
export const drawScene = (key: Key, label: number): Scene => {
  const draw = drawing(key)
  const shade = process.env.POL ? ('bright' as const) : draw.of('shade', ['dark', 'bright'] as const)
  const clutter = Array.from({ length: draw.whole('clutter', variation.clutter) }, (_, at) =>
    drawClutter(fold(fold(key, 'clutter'), at)),
  )
  return {
    label,
    things: [drawObject(fold(key, 'object'), shapeNames[label], shade), ...clutter],
    background: {
      depth: variation.backgroundDepth,
      texture: drawTexture(fold(key, 'background'), shade === 'dark' ? 'bright' : 'dark', patternNames),
    },
    light: drawLight(fold(key, 'light')),
  }
}

const home: Camera = { x: 0, y: 0, angle: 0, zoom: 1 }

/** The scene as the set shows it. */
export const firstShot = ({ light }: Scene): Shot => ({ camera: home, light })

/** Another look at a scene: another camera, other light. */
export const otherShot = (key: Key): Shot => {
  const draw = drawing(fold(key, 'other'))
  const camera = {
    x: draw.in('x', variation.shift),
    y: draw.in('y', variation.shift),
    angle: draw.in('turn', variation.turn),
    zoom: draw.in('zoom', variation.zoom),
  }
  return { camera, light: drawLight(fold(key, 'other light')) }
}
