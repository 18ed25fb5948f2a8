// The camera of a scene, which moves, turns and zooms, and the light. Nearer things move further in the picture
// (parallax). The picture is the square from -1 to 1, x to the right and y down; so is the part of the scene that the
// camera at home sees. Every step from the scene to the picture, and on to a thing's own coordinates, is a similarity
// of the plane.

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

/** The point to which a similarity moves a point. */
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

/** The similarity that moves every point back; the scale must not be 0. */
export const inverse = ({ cosine, sine, x, y }: Similarity): Similarity => {
  const square = cosine ** 2 + sine ** 2
  const turned = { cosine: cosine / square, sine: -sine / square, x: 0, y: 0 }
  const [backX, backY] = move(turned, [-x, -y])
  return { ...turned, x: backX, y: backY }
}

/** The place of the camera, its turn, and its zoom. */
export interface Camera {
  /** The shift of things at depth 1 against their place for the camera at home. */
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
 * The direction of the light, how much it changes across the picture, and its brightness in the middle, where 1 changes
 * nothing.
 */
export interface Light {
  /** Radians. */
  readonly direction: number
  readonly slope: number
  readonly brightness: number
}

/** The factor of colours at a point of the picture. */
export const lightAt = ({ direction, slope, brightness }: Light): ((x: number, y: number) => number) => {
  const [across, down] = [slope * Math.cos(direction), slope * Math.sin(direction)]
  return (x, y) => Math.max(brightness * (1 + across * x + down * y), 0)
}

/** A picture to take of a scene. */
export interface Shot {
  readonly camera: Camera
  readonly light: Light
}
