// Sources are TypeScript in the repository and JavaScript in the package. Node and its threads start with a file that
// they can read as it is, such as this one; in the repository it then makes TypeScript readable.

import { existsSync } from 'node:fs'

/** Imports the module of that name, without its ending, beside the file at `base`. */
export const importSource = async (base, name) => {
  const source = new URL(`${name}.ts`, base)
  if (!existsSync(source)) return import(new URL(`${name}.js`, base).href)
  const { register } = await import('tsx/esm/api')
  register()
  return import(source.href)
}
