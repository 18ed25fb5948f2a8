// Writing checkpoints, each whole or not at all, and taking away those that are not needed any more: the last few are
// kept, and beside them the best by k-NN. Of checkpoints 100, 200 and 300 two are kept, and if 100 is the best, all.

import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { format } from '../run/configuration.ts'
import { type FileEntry, type Manifest, manifestFile, writeManifest } from '../run/manifest.ts'
import { type Progress, partContents, stateFiles, stateParts } from '../run/saved.ts'
import { checkpointFolder, checkpointSteps, checkpointsFolder, namesAmong, sha256 } from './checkpoint-folder.ts'
import { manifestOf } from './read-checkpoint.ts'
import { isUnfinished, writeWholeFolder } from './whole-folder.ts'

/** What a manifest says beside the step and the files. */
export type ManifestNotes = Omit<Manifest, 'format' | 'step' | 'files'>

/** Writes a checkpoint; throws if that cannot be done, and then leaves nothing of it. */
export const writeCheckpoint = (run: string, progress: Progress, notes: ManifestNotes): void => {
  const entries = new Map<string, FileEntry>()
  const parts = stateParts.map(part => ({
    name: stateFiles[part],
    contents: () => {
      const contents = partContents(progress, part)
      entries.set(stateFiles[part], { bytes: contents.length, sha256: sha256(contents) })
      return contents
    },
  }))
  const manifest = () => {
    const files = Object.fromEntries(entries) as Manifest['files']
    return writeManifest({ format, step: progress.step, ...notes, files }, sha256)
  }
  writeWholeFolder(checkpointFolder(run, progress.step), [...parts, { name: manifestFile, contents: manifest }])
}

/** The step of the checkpoint that is best by k-NN, if one was judged; the newest of several. */
const bestOf = (run: string, steps: readonly number[]): number | undefined => {
  const judged = steps.flatMap(step => {
    const manifest = manifestOf(run, step)
    return E.isRight(manifest) && manifest.right.knn !== undefined ? [{ step, knn: manifest.right.knn }] : []
  })
  const best = Math.max(...judged.map(({ knn }) => knn))
  return judged.find(({ knn }) => knn === best)?.step
}

/** Takes away all checkpoints but the last so many and the best by k-NN. */
export const pruneCheckpoints = (run: string, keep: number): void => {
  const steps = checkpointSteps(run)
  if (steps.length <= keep) return
  const best = bestOf(run, steps)
  for (const step of steps.slice(keep))
    if (step !== best) rmSync(checkpointFolder(run, step), { recursive: true, force: true })
}

/**
 * Makes room for a run that goes on from a step. Folders that a killed process left unfinished are taken away, and
 * checkpoints of later steps get another name, under which nothing reads them; gives those names.
 */
export const setAsideAfter = (run: string, step: number): readonly string[] => {
  for (const name of namesAmong(run).filter(isUnfinished))
    rmSync(join(checkpointsFolder(run), name), { recursive: true, force: true })
  return checkpointSteps(run)
    .filter(later => later > step)
    .map(later => {
      const aside = `${checkpointFolder(run, later)}.refused`
      rmSync(aside, { recursive: true, force: true })
      renameSync(checkpointFolder(run, later), aside)
      return aside
    })
}
