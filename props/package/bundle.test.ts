// What a page imports: the language, and DINO but for files, threads and the command line. Bundled for a browser, none
// of it may reach a module of Node, or a package that only Node has.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build } from 'esbuild'
import { example } from '../support/example.ts'
import { projectFolder } from '../support/type-checker.ts'

/**
 * Modules of Node that wabt asks for where it finds itself in Node; its package says that bundlers should leave them
 * out.
 */
const askedByWabt = ['fs', 'path', 'crypto']

/** Every file that a bundle of these entries holds, and what it imports. */
const bundled = async (entryPoints: readonly string[]) => {
  const { metafile } = await build({
    entryPoints: entryPoints.map(entry => join(projectFolder, entry)),
    absWorkingDir: projectFolder,
    outdir: 'unwritten',
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    external: askedByWabt,
    logLevel: 'silent',
  })
  return Object.entries(metafile.inputs).map(([path, { imports }]) => ({
    path,
    imports: imports.map(({ path: to }) => to),
  }))
}

const forNode = ['dino/node/', 'dino/command/']

/** The modules of DINO that a page may import. */
const pure = readdirSync(join(projectFolder, 'dino'), { withFileTypes: true, recursive: true })
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
  .map(entry => relative(projectFolder, join(entry.parentPath ?? entry.path, entry.name)))
  .filter(path => !forNode.some(folder => path.startsWith(folder)))

const entries: Readonly<Record<string, readonly string[]>> = {
  'the language': ['lib/index.ts'],
  'DINO, but for files, threads and the command line': pure,
}

/** The package that a path leads into. */
const packageOf = (path: string): string | undefined => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]

for (const [name, modules] of Object.entries(entries))
  example(`${name} can be bundled for a browser`, async () => {
    const files = await bundled(modules)
    assert.ok(files.filter(({ path }) => packageOf(path) === undefined).length > 50)
    const ofNode = files.flatMap(({ path, imports }) =>
      imports.filter(to => to.startsWith('node:')).map(to => `${path} imports ${to}`),
    )
    assert.deepEqual(ofNode, [])
    assert.deepEqual(
      files.filter(({ path }) => forNode.some(folder => path.startsWith(folder))),
      [],
    )
    const packages = [...new Set(files.flatMap(({ path }) => packageOf(path) ?? []))].sort()
    assert.deepEqual(
      packages.filter(one => !['fp-ts', 'gpu.js', 'wabt', 'zod'].includes(one)),
      [],
    )
  })
