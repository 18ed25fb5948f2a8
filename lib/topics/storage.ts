// Trees and tensors as bytes: safetensors, and trees stored in them under the paths of their leaves.

export * from '../tree/safetensors.ts'
export * from '../tree/stored.ts'
