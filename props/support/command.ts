// The command as people meet it: a process of its own, its words and its exit status.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import { pngOf } from '../support/test-folder.ts'
import { projectFolder } from '../support/type-checker.ts'

/** How a process ended, and what it said. */
export interface Ended {
  readonly status: number | null
  readonly out: string
  readonly error: string
}

/** The end of a process. */
export const endOf = (child: ChildProcessWithoutNullStreams): Promise<Ended> =>
  new Promise(resolve => {
    let [out, error] = ['', '']
    child.stdout.on('data', text => {
      out += text
    })
    child.stderr.on('data', text => {
      error += text
    })
    child.on('close', status => resolve({ status, out, error }))
  })

/** Runs the command as another user of the machine. */
export const dinoAs = (
  user: { readonly uid?: number; readonly gid?: number },
  words: readonly string[],
): Promise<Ended> =>
  endOf(spawn(process.execPath, [join(projectFolder, 'dino/bin.mjs'), ...words], { cwd: projectFolder, ...user }))

/** Runs the command. */
export const dino = (...words: readonly string[]): Promise<Ended> => dinoAs({}, words)

const small = ['--image-size', '8', '--features', '8', '--depth', '1', '--heads', '2', '--head-hidden', '8']
/** The flags of a run of some milliseconds a step. */
export const smaller = [...small, '--bottleneck', '4', '--prototypes', '8', '--batch', '4', '--threads', '1']

/** The files of a folder with two classes, and a broken picture. */
export const pictures = async () => ({
  'red/1.png': await pngOf(12, [200, 20, 30]),
  'red/2.png': await pngOf(9, [250, 60, 30]),
  'red/3.png': await pngOf(16, [180, 10, 60]),
  'blue/1.png': await pngOf(12, [10, 20, 200]),
  'blue/2.png': await pngOf(10, [30, 50, 250]),
  'blue/broken.png': 'this is no picture',
})
