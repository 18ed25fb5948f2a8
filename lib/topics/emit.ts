// Programs for other runtimes: a graph as an ONNX model, and its file.

export { printDynamic } from '../emit/onnx/dynamic.ts'
export { bytesOfTensors, encodeOnnx, mostBytes } from '../emit/onnx/encode.ts'
export { type OnnxModel, opset, type Port, showOnnx } from '../emit/onnx/model.ts'
export { type OnnxGraph, type OnnxOutput, printOnnx } from '../emit/onnx/print-onnx.ts'
