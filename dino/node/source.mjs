// Sources are TypeScript in the repository and JavaScript in the package. Node and its threads begin with a file that
// it can read as it is, such as this one; it makes TypeScript readable where there is some.

import { existsSync } from 'node:fs'

/** Imports the module of that name, without its ending, beside the file at `base`. */
export const importSource = async (base, name) => {
  const source = new URL(`${name}.ts`, base)
  if (!existsSync(source)) return import(new URL(`${name}.js`, base).href)
  const { register } = await import('tsx/esm/api')
  register()
  return import(source.href)
}
