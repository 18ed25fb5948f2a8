// The options of the data that a run trains on.

import { called, changeable, text, whole } from '../options/option-rows.ts'

/** The name of the built-in set. */
export const builtIn = 'scenes'

/** The options of the data. */
export const dataOptions = {
  from: changeable(called('*', text(builtIn, 'a folder of images, or "scenes"', 'a folder or "scenes"'))),
  images: whole([1, 10 ** 7], 2000, 'images in the built-in set'),
} as const
