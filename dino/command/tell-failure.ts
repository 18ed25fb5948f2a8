// From a failure of a command to text for a person, of a line or a few, and to the status with which the command ends:
// 2 for a mistake of the user, 1 for any other failure. There is a row for each source of errors. A source without a
// row, or a row that leaves out a kind of error of its source, does not compile.
//
//   --batch: expected a whole number from 1 to 65536, came "many"

import { showRunError } from '../../lib/index.ts'
import { showDataError } from '../data/picture-set.ts'
import { printable } from '../data/printable.ts'
import { showRefusal } from '../options/option.ts'
import { showBytes } from '../run/estimate.ts'
import type { ConfigurationError, ErrorSource, Errors, FailureOf, RecordError, TrainingError } from '../run/failure.ts'
import { showNotFinite } from './show-not-finite.ts'

/** The statuses with which a command ends if it fails. */
export type Status = 1 | 2

/** Reads as `runs/1/teacher.safetensors: expected ..., came ...`. */
export const showRecordError = ({ path, expected, came }: RecordError): string =>
  printable(`${path}: expected ${expected}, came ${came}`)

const shownRefusals = 12

const showConfigurationError = ({ path, refusals }: ConfigurationError): string => {
  const lines = refusals.slice(0, shownRefusals).map(refusal => printable(`  ${showRefusal(refusal)}`))
  const more = refusals.length - lines.length
  return [
    printable(`${path} is not the configuration of a run:`),
    ...lines,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n')
}

const showTrainingError = (error: TrainingError): string => {
  switch (error.kind) {
    case 'not finite':
      return showNotFinite(error)
    case 'lost thread':
      return printable(`training broke off: the thread that makes views ended before its time: ${error.reason}`)
    case 'too large':
      return [
        `a run of these sizes needs at least ${showBytes(error.needed)}, and there are ${showBytes(error.limit)};`,
        `what needs most are ${error.largest}`,
      ].join(' ')
  }
}

/** How the errors of a source are told, and with which status they end a command. */
interface Telling<E> {
  readonly show: (error: E) => string
  readonly status: (error: E) => Status
}

/** All tellings. */
export type Tellings = { readonly [S in ErrorSource]: Telling<Errors[S]> }

const always = (status: Status) => (): Status => status

const tellings: Tellings = {
  run: { show: showRunError, status: ({ kind }) => (kind === 'unknown executor' ? 2 : 1) },
  data: { show: showDataError, status: always(1) },
  option: { show: refusal => printable(showRefusal(refusal)), status: always(2) },
  configuration: { show: showConfigurationError, status: always(2) },
  record: { show: showRecordError, status: always(1) },
  training: { show: showTrainingError, status: ({ kind }) => (kind === 'too large' ? 2 : 1) },
}

/** One or a few lines for a person. */
export const showFailure = <S extends ErrorSource>({ source, error }: FailureOf<S>): string =>
  tellings[source].show(error)

/** The status with which a failure ends a command. */
export const statusOf = <S extends ErrorSource>({ source, error }: FailureOf<S>): Status =>
  tellings[source].status(error)
