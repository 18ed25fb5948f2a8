// Where golden files are: beside this module, or in the folder that GOLDEN names.

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder. */
export const goldenFolder = resolve(process.env.GOLDEN ?? fileURLToPath(new URL('.', import.meta.url)))

/** The bytes of a golden file. */
export const goldenFile = (name: string): Uint8Array => readFileSync(join(goldenFolder, name))
