// How files write numbers: how many bytes one takes, little-endian, and what it is here. Float32, float16 and bfloat16
// become float32, which holds each of them exactly; float64 and whole numbers become float64, so that nothing is
// rounded (but whole numbers beyond 2^53). The name of a format is that of safetensors.
//
//   F16 00 3c  is 1        BF16 80 3f  is 1        I64 07 00 00 00 00 00 00 00  is 7

/** Values of a file, as wide as they must be. */
export type Numbers = Float32Array | Float64Array

/** A format: the bytes of one number, and the values of bytes, which are a whole number of them. */
export interface NumberFormat {
  readonly bytes: number
  readonly decode: (bytes: Uint8Array) => Numbers
}

const halfValue = (bits: number): number => {
  const [sign, exponent, fraction] = [bits >> 15, (bits >> 10) & 31, bits & 1023]
  const special = fraction > 0 ? Number.NaN : Number.POSITIVE_INFINITY
  const normal = exponent === 31 ? special : (1 + fraction / 1024) * 2 ** (exponent - 15)
  const size = exponent === 0 ? fraction * 2 ** -24 : normal
  return sign > 0 ? -size : size
}

/** The bytes in a buffer of their own, which begins where typed arrays may begin. */
const ownBuffer = (bytes: Uint8Array): ArrayBuffer => {
  const own = new Uint8Array(bytes.length)
  own.set(bytes)
  return own.buffer
}

/** Sixteen bits are the upper half of a float32. */
const decodeBrain = (bytes: Uint8Array): Float32Array => {
  const halves = new Uint16Array(ownBuffer(bytes))
  const words = Uint32Array.from(halves, half => half << 16)
  return new Float32Array(words.buffer)
}

const format = (bytes: number, decode: (buffer: ArrayBuffer) => Numbers): NumberFormat => ({
  bytes,
  decode: given => decode(ownBuffer(given)),
})

/** The formats by their names in safetensors. */
export const numberFormats = {
  F64: format(8, buffer => new Float64Array(buffer)),
  F32: format(4, buffer => new Float32Array(buffer)),
  F16: format(2, buffer => Float32Array.from(new Uint16Array(buffer), halfValue)),
  BF16: { bytes: 2, decode: decodeBrain },
  I64: format(8, buffer => Float64Array.from(new BigInt64Array(buffer), Number)),
  I32: format(4, buffer => Float64Array.from(new Int32Array(buffer))),
  I16: format(2, buffer => Float64Array.from(new Int16Array(buffer))),
  I8: format(1, buffer => Float64Array.from(new Int8Array(buffer))),
  U8: format(1, buffer => Float64Array.from(new Uint8Array(buffer))),
  BOOL: format(1, buffer => Float64Array.from(new Uint8Array(buffer), byte => (byte === 0 ? 0 : 1))),
} as const satisfies Readonly<Record<string, NumberFormat>>

/** The name of a format. */
export type FormatName = keyof typeof numberFormats

/** Whether a format has that name. */
export const isFormatName = (name: string): name is FormatName => Object.hasOwn(numberFormats, name)

/** The product of sizes, or undefined where it, or a product on the way to it, is no exact number any more. */
export const countOf = (shape: readonly number[]): number | undefined =>
  shape.reduce<number | undefined>((product, size) => {
    const next = product === undefined ? undefined : product * size
    return next !== undefined && Number.isSafeInteger(next) ? next : undefined
  }, 1)

/** The bytes of values, as they are written: F32 or F64. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
