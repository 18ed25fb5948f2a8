// Pictures on the host: three planes of colour with values in [0, 1]. Everything in this folder is a pure function of
// pictures, numbers and keys, computed in float64 and stored as float32; it needs neither files nor an executor.

/** How many rows and columns something has. */
export interface Extent {
  readonly rows: number
  readonly columns: number
}

/** A picture: [colour, row, column] in memory order; red, green, blue; sRGB values in [0, 1]. */
export interface Picture extends Extent {
  readonly data: Float32Array
}

/** Red, green and blue. */
export const colours = 3

/** A picture from bytes in the order [row, column, colour], as codecs deliver them: 0 is 0, 255 is 1. */
export const fromBytes = ({ rows, columns }: Extent, bytes: Uint8Array): Picture => {
  const area = rows * columns
  const data = new Float32Array(colours * area)
  for (let at = 0; at < area; at += 1) {
    data[at] = bytes[colours * at] / 255
    data[area + at] = bytes[colours * at + 1] / 255
    data[2 * area + at] = bytes[colours * at + 2] / 255
  }
  return { rows, columns, data }
}

/** The bytes of a picture in the order [row, column, colour]; values outside [0, 1] are clipped, the others rounded. */
export const toBytes = ({ rows, columns, data }: Picture): Uint8Array => {
  const area = rows * columns
  const bytes = new Uint8ClampedArray(colours * area)
  for (let colour = 0; colour < colours; colour += 1)
    for (let at = 0; at < area; at += 1) bytes[colours * at + colour] = 255 * data[colour * area + at]
  return new Uint8Array(bytes.buffer)
}

/** The nearest value in [0, 1]. */
export const clipped = (value: number): number => Math.min(Math.max(value, 0), 1)

/** A picture with its values clipped: bicubic resampling overshoots at edges, which 8-bit pictures do not let it do. */
export const clip = ({ rows, columns, data }: Picture): Picture => {
  const inside = new Float32Array(data.length)
  for (let at = 0; at < data.length; at += 1) inside[at] = clipped(data[at])
  return { rows, columns, data: inside }
}
