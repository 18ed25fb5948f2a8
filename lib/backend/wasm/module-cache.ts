// Assembled modules by their text. The last ones are kept, so that a program that is loaded again, on this executor or
// on another, is not assembled again.

import type { Engine } from './engine.ts'

const modules = new Map<string, WebAssembly.Module>()

/** The most modules that are kept; the one assembled first goes first. */
const mostModules = 64

/** The module of a text. */
export const moduleOf = ({ assemble }: Engine, text: string): WebAssembly.Module => {
  const known = modules.get(text)
  if (known !== undefined) return known
  const module = new WebAssembly.Module(assemble(text))
  modules.set(text, module)
  if (modules.size > mostModules) modules.delete(modules.keys().next().value!)
  return module
}
