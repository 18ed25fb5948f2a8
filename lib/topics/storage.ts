// Trees and tensors as bytes: safetensors, one file or several with an index, and trees stored in them under the paths
// of their leaves.

export { type FormatName, type NumberFormat, numberFormats } from '../tree/number-formats.ts'
export * from '../tree/safetensors.ts'
export * from '../tree/shards.ts'
export * from '../tree/stored.ts'
