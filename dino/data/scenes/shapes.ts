// The shapes of things in scenes: whether a point is inside. A shape lies about the origin and is about as large as the
// unit circle, with x to the right and y down. No shape is another one turned, so each is a class of its own however it
// is turned.

/** Whether a point lies inside. */
export type Inside = (x: number, y: number) => boolean

type Corner = readonly [x: number, y: number]

/** A polygon by its corners: a point is inside if a ray from it crosses the outline an odd number of times. */
const polygon = (corners: readonly Corner[]): Inside => {
  const edges = corners.map(([x0, y0], at) => {
    const [x1, y1] = corners[(at + 1) % corners.length]
    return { x0, y0, y1, slope: (x1 - x0) / (y1 - y0) }
  })
  return (x, y) => {
    if (x * x + y * y > 1) return false
    let inside = false
    for (const { x0, y0, y1, slope } of edges) if (y0 > y !== y1 > y && x < x0 + (y - y0) * slope) inside = !inside
    return inside
  }
}

/** Corners at these distances from the origin, in turn, evenly around it; the first one is above. */
const around = (count: number, distances: readonly number[]): readonly Corner[] =>
  Array.from({ length: count }, (_, at) => {
    const angle = (2 * Math.PI * at) / count
    const distance = distances[at % distances.length]
    return [distance * Math.sin(angle), -distance * Math.cos(angle)]
  })

const disc =
  (radius: number, [x0, y0]: Corner = [0, 0]): Inside =>
  (x, y) =>
    (x - x0) ** 2 + (y - y0) ** 2 <= radius ** 2

const without =
  (whole: Inside, part: Inside): Inside =>
  (x, y) =>
    whole(x, y) && !part(x, y)

const arm = 0.28

const cross: readonly Corner[] = [
  [-arm, -0.95],
  [arm, -0.95],
  [arm, -arm],
  [0.95, -arm],
  [0.95, arm],
  [arm, arm],
  [arm, 0.95],
  [-arm, 0.95],
  [-arm, arm],
  [-0.95, arm],
  [-0.95, -arm],
  [-arm, -arm],
]

const arrow: readonly Corner[] = [
  [0, -1],
  [0.75, -0.1],
  [0.26, -0.1],
  [0.26, 0.95],
  [-0.26, 0.95],
  [-0.26, -0.1],
  [-0.75, -0.1],
]

const hourglass: readonly Corner[] = [
  [-0.62, -0.78],
  [0.62, -0.78],
  [0.12, 0],
  [0.62, 0.78],
  [-0.62, 0.78],
  [-0.12, 0],
]

/** (x^2 + y^2 - 1)^3 = x^2 y^3, with y up, brought to about the size of the unit circle. */
const heart: Inside = (x, y) => {
  const [across, up] = [1.25 * x, -1.25 * y + 0.12]
  return (across ** 2 + up ** 2 - 1) ** 3 <= across ** 2 * up ** 3
}

/** No shape has a point further from the origin. */
export const reach = 1.1

/** The shapes by name, in the order of their classes. */
export const shapes = {
  disc: disc(0.85),
  ring: without(disc(0.95), disc(0.5)),
  square: polygon(around(4, [1])),
  triangle: polygon(around(3, [1])),
  star: polygon(around(10, [1, 0.42])),
  cross: polygon(cross),
  crescent: without(disc(0.95), disc(0.8, [0.5, 0])),
  heart,
  arrow: polygon(arrow),
  hourglass: polygon(hourglass),
} as const satisfies Readonly<Record<string, Inside>>

/** The name of a shape. */
export type ShapeName = keyof typeof shapes

/** The names of the classes. */
export const shapeNames = Object.keys(shapes) as readonly ShapeName[]
