// How a scene is looked at: the camera moves, turns and zooms; nearer things move further in the picture (parallax).
// The picture is the square from -1 to 1, x to the right and y down; so is the part of the scene that the camera at
// home sees. Every step between the two, and on to a thing's own coordinates, is a similarity of the plane.

/** A point of the scene, of the picture, or of a thing. */
export type Point = readonly [x: number, y: number]

/** Turns and scales by the vector (cosine, sine), then moves by (x, y). */
export interface Similarity {
  readonly cosine: number
  readonly sine: number
  readonly x: number
  readonly y: number
}

/** Scales, turns by `angle` radians and moves. */
export const similarity = (scale: number, angle: number, x: number, y: number): Similarity => ({
  cosine: scale * Math.cos(angle),
  sine: scale * Math.sin(angle),
  x,
  y,
})

/** Where a similarity takes a point. */
export const move = ({ cosine, sine, x, y }: Similarity, [px, py]: Point): Point => [
  cosine * px - sine * py + x,
  sine * px + cosine * py + y,
]

/** `first`, and then `second`. */
export const followedBy = (first: Similarity, second: Similarity): Similarity => {
  const [x, y] = move(second, [first.x, first.y])
  return {
    cosine: second.cosine * first.cosine - second.sine * first.sine,
    sine: second.sine * first.cosine + second.cosine * first.sine,
    x,
    y,
  }
}

/** What takes every point back; the scale must not be 0. */
export const inverse = ({ cosine, sine, x, y }: Similarity): Similarity => {
  const square = cosine ** 2 + sine ** 2
  const turned = { cosine: cosine / square, sine: -sine / square, x: 0, y: 0 }
  const [backX, backY] = move(turned, [-x, -y])
  return { ...turned, x: backX, y: backY }
}

/** Where the camera is, which way up, and how close it looks. */
export interface Camera {
  /** By how much things at depth 1 are shifted against the camera at home. */
  readonly x: number
  readonly y: number
  /** Radians. */
  readonly angle: number
  readonly zoom: number
}

/** From points of the scene at some depth to points of the picture. */
export const projection = ({ x, y, angle, zoom }: Camera, depth: number): Similarity =>
  followedBy(similarity(1, 0, -x / depth, -y / depth), similarity(zoom, angle, 0, 0))

/**
 * Where the light comes from, how much it changes across the picture, and how bright it is in the middle, 1 as it is.
 */
export interface Light {
  /** Radians. */
  readonly direction: number
  readonly slope: number
  readonly brightness: number
}

/** What colours are multiplied by at a point of the picture. */
export const lightAt = ({ direction, slope, brightness }: Light): ((x: number, y: number) => number) => {
  const [across, down] = [slope * Math.cos(direction), slope * Math.sin(direction)]
  return (x, y) => Math.max(brightness * (1 + across * x + down * y), 0)
}

/** A picture to take of a scene. */
export interface Shot {
  readonly camera: Camera
  readonly light: Light
}
