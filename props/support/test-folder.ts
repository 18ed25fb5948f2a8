// Folders for tests: made for one test and removed with it.

import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import sharp from 'sharp'

/** Files by their paths in a folder. */
export type Files = Readonly<Record<string, Uint8Array | string>>

/** Runs a test in a new folder with these files. */
export const withFolder = async (files: Files, use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'dino-folder-'))
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), content)
    }
    await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Runs a test on a small disk of its own, mounted with these options; it is skipped where that is not allowed. */
export const withDisk = (
  context: TestContext,
  options: string,
  use: (folder: string) => Promise<void>,
): Promise<void> =>
  withFolder({}, async folder => {
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { encoding: 'utf8' })
    if (status !== 0) return context.skip(`no disk of its own: ${stderr?.trim() ?? 'there is no mount'}`)
    try {
      await use(folder)
    } finally {
      spawnSync('umount', [folder])
    }
  })

/** A PNG file of one colour with a diagonal line, so that it has something to see. */
export const pngOf = (size: number, [red, green, blue]: readonly [number, number, number]): Promise<Uint8Array> => {
  const bytes = Uint8Array.from({ length: 3 * size * size }, (_, at) => {
    const pixel = Math.floor(at / 3)
    return pixel % (size + 1) < 2 ? 255 : [red, green, blue][at % 3]
  })
  return sharp(bytes, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toBuffer()
}
