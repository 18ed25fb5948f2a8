// What a page may import of `dino` is everything but `dino/node` (files, threads, codecs) and `dino/command`: bundled for a
// browser, it reaches no module of Node and no package but those that compute.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { build, type Metafile } from 'esbuild'
import { projectFolder } from '../support/type-checker.ts'

const forNode = ['node', 'command']

/** The TypeScript modules of `dino` that a page may import. */
const modules = readdirSync(join(projectFolder, 'dino'), { withFileTypes: true, recursive: true })
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
  .map(entry => join(entry.parentPath ?? entry.path, entry.name))
  .filter(file => !forNode.some(folder => file.startsWith(join(projectFolder, 'dino', folder))))

/** All modules that they reach. */
const bundled = async (): Promise<Metafile> => {
  const { metafile } = await build({
    entryPoints: modules,
    absWorkingDir: projectFolder,
    outdir: 'unwritten',
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    external: ['node:*', 'webgpu', 'fs', 'path', 'crypto'],
    logLevel: 'error',
  })
  return metafile
}

const { inputs } = await bundled()
const own = Object.entries(inputs).filter(([file]) => file.startsWith('dino/'))

test('the pure part of dino imports nothing of its Node part, and no module of Node', () => {
  assert.ok(own.length > 40, `${own.length} modules`)
  const allowed = /^(lib\/|node_modules\/(fp-ts|zod)\/|dino\/(?!node\/|command\/))/
  const strange = own.flatMap(([file, { imports }]) =>
    imports.filter(({ path }) => !allowed.test(path)).map(({ path }) => `${file} imports ${path}`),
  )
  assert.deepEqual(strange, [])
})

test('nothing that it reaches is a package for files, pictures, threads or terminals', () => {
  const packages = new Set(
    Object.keys(inputs).flatMap(file => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []),
  )
  for (const name of ['sharp', 'commander', 'cli-progress', 'linkedom', '@observablehq/plot', 'tsx'])
    assert.ok(!packages.has(name), name)
})
