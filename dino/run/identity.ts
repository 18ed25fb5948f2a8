// The identity of a run, as three checksums: of the options of its model, without which its tensors mean something
// else; of all options that its steps follow from; and of the names of its pictures, from which their order follows. A
// checkpoint carries them, so that it is never read under another configuration. Options that a run may change while it
// goes on (`changeable`: how long it is, how often it is written, where its pictures lie) are in none of them.
//
//   model.backbone.imageSize=24        is one of the lines of which `model` is the checksum

import { leavesOfOptions, valueAt } from '../options/option-values.ts'
import { type Configuration, configurationOptions } from './configuration.ts'

/** The checksum of some contents, as text. */
export type Checksum = (contents: string | Uint8Array) => string

/** The checksums of what a run is. */
export interface Identity {
  readonly model: string
  readonly training: string
  readonly pictures: string
}

/** Options as text, in the order in which they are declared, whatever the order in a file. */
const optionsAsText = (configuration: Configuration, of: (path: string) => boolean): string =>
  leavesOfOptions(configurationOptions)
    .filter(({ path, option }) => option.changeable !== true && of(path.join('.')))
    .map(({ path }) => `${path.join('.')}=${JSON.stringify(valueAt(configuration, path))}`)
    .join('\n')

/** The checksum of the options of a model. */
export const modelChecksum = (configuration: Configuration, checksum: Checksum): string =>
  checksum(optionsAsText(configuration, path => path.startsWith('model.')))

/** The identity of a run of that configuration, on pictures of these names. */
export const identityOf = (configuration: Configuration, names: readonly string[], checksum: Checksum): Identity => ({
  model: modelChecksum(configuration, checksum),
  training: checksum(optionsAsText(configuration, () => true)),
  pictures: checksum(names.join('\n')),
})
