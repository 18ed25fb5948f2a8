// Which process trains a run: `process.json` in its folder, with the number of the process and when it began, as the
// system counts it. While that process lives, no other may go on with the run; a process that was killed leaves the
// file behind, and it is dead by its number, or by its beginning where the number was given to another process.
//
//   { "host": "m1", "id": 4711, "began": "5a0c...:8812345" }

import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import type { RecordError } from '../run/failure.ts'
import { faultOf } from './files.ts'
import { metricsPath } from './metrics-file.ts'

const schema = z.strictObject({ host: z.string(), id: z.number().int(), began: z.string() }).readonly()

/** A process that trains, or did. */
type Trainer = z.infer<typeof schema>

/**
 * When a process of this machine began: the start of the machine, and ticks since then. Nothing where the system does
 * not tell, and for a process that has ended and waits for its parent to hear of it.
 */
const beginningOf = (id: number): string => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const [state, ...fields] = readFileSync(`/proc/${id}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return state === 'Z' || state === 'X' ? '' : `${boot}:${fields[18]}`
  } catch {
    return ''
  }
}

const exists = (id: number): boolean => {
  try {
    return process.kill(id, 0)
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
}

/** Milliseconds without a line after which a run on another machine, which cannot be asked, counts as dead. */
const patience = 10 * 60_000

const lives = (run: string, { host, id, began }: Trainer): boolean => {
  if (host === hostname()) return exists(id) && beginningOf(id) === began
  const changed = statSync(metricsPath(run), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return Date.now() - changed < patience
}

const lockPath = (run: string): string => join(run, 'process.json')

/** The file of a process, as text and, where it is whole, as what it says. */
interface Found {
  readonly text: string
  readonly trainer: Trainer | undefined
}

const find = (path: string): Found | undefined => {
  try {
    const text = readFileSync(path, 'utf8')
    const json = E.tryCatch((): unknown => JSON.parse(text), E.toError)
    return { text, trainer: E.isRight(json) ? schema.safeParse(json.right).data : undefined }
  } catch {
    return undefined
  }
}

/** The living process that trains a run, if there is one. */
const trainerOf = (run: string): Trainer | undefined => {
  const trainer = find(lockPath(run))?.trainer
  return trainer !== undefined && lives(run, trainer) ? trainer : undefined
}

/** Whether a living process trains a run. */
export const isRunning = (run: string): boolean => trainerOf(run) !== undefined

/** Takes away the file of a dead process; if another process was faster and put its own there, that stays. */
const clear = (path: string, dead: Found): void => {
  const aside = `${path}.${process.pid}`
  renameSync(path, aside)
  if (find(aside)?.text === dead.text) rmSync(aside)
  else renameSync(aside, path)
}

const once = (action: () => void): (() => void) => {
  let done = false
  return () => {
    if (!done) action()
    done = true
  }
}

/** Takes a run for this process, and gives what lets go of it; an error if another process has it. */
export const takeRun = (run: string): E.Either<RecordError, () => void> => {
  const path = lockPath(run)
  const refused = ({ id, host }: Trainer): RecordError => ({
    path,
    expected: 'a run that no process trains',
    came: `process ${id} on ${host}, which does`,
  })
  const other = trainerOf(run)
  if (other !== undefined) return E.left(refused(other))
  try {
    const dead = find(path)
    if (dead !== undefined) clear(path, dead)
    const own: Trainer = { host: hostname(), id: process.pid, began: beginningOf(process.pid) }
    writeFileSync(path, `${JSON.stringify(own)}\n`, { flag: 'wx' })
    return E.right(once(() => rmSync(path, { force: true })))
  } catch (thrown) {
    const faster = trainerOf(run)
    return E.left(faster === undefined ? { path, expected: 'a file to write', came: faultOf(thrown) } : refused(faster))
  }
}
